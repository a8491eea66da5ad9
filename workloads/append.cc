// append: transactions over lists (Elle's list-append). Each read shows all appends before it, in
// their order; keys retire so that lists stay short.
#include "workloads/append.h"

#include "workloads/transactions.h"

namespace cleave {

Workload MakeAppend(const WorkloadOptions& options) {
  Workload workload = TransactionWorkload(options, "append", "append");
  workload.checkers = {"append", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
