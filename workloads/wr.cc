// wr: transactions over registers (Elle's rw-register). A read shows only the last write, so the
// order of versions is for the checker to find.
#include "workloads/wr.h"

#include "workloads/transactions.h"

namespace cleave {

Workload MakeWr(const WorkloadOptions& options) {
  Workload workload = TransactionWorkload(options, "wr", "w");
  workload.checkers = {"rw-register", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
