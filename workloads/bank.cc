// bank: half of the operations move a little money from one account to another, half read all
// accounts (Jepsen's jepsen.tests.bank). Whatever else happens, what is in all of them together
// stays the same, and no account has less than nothing.
#include "workloads/bank.h"

#include "harness/run/bank.h"
#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr int64_t kMostMoved = 5;

Op Balances() {
  Op op;
  op.f = "read";
  return op;
}

}  // namespace

Workload MakeBank(const WorkloadOptions& options) {
  Workload workload;
  workload.interface = "bank";
  workload.functions = {"transfer", "read"};
  const uint64_t seed = Random::For(options.seed, "bank").Next();
  workload.generator = gen::Fn(seed, [](int64_t, Random& random) {
    if (random.Chance(0.5)) return Balances();
    const int64_t from = random.Between(0, kBankAccounts - 1);
    const int64_t to = (from + random.Between(1, kBankAccounts - 1)) % kBankAccounts;
    Op op;
    op.f = "transfer";
    op.value = {{"from", from}, {"to", to}, {"amount", random.Between(1, kMostMoved)}};
    return op;
  });
  workload.final_generator = gen::EachThread(UntilOkWithin(Balances()));
  workload.checkers = {"bank", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
