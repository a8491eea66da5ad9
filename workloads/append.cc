// append: transactions of 1 to 4 micro-operations, ["append", k, v] or ["r", k, null], over a pool
// of keys (Elle's list-append, Kingsbury & Alvaro, VLDB 2020). A key that has got ops_per_key
// appends retires and a new one takes its place, so that lists stay short. Keys are chosen by Zipf:
// some are contended. Invariant: no element is ever appended twice to a key, which is what makes
// every order visible.
#include "workloads/append.h"

#include <algorithm>

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr int64_t kPool = 8;
constexpr int64_t kAppendsPerKey = 32;
constexpr int64_t kMicroOps = 4;
constexpr double kSkew = 0.8;

struct LiveKey {
  int64_t key;
  int64_t appends;
};

Json MicroOp(const char* f, int64_t key, Json value) {
  Json op = Json::array();
  op.push_back(f);
  op.push_back(KeyName(key));
  op.push_back(std::move(value));
  return op;
}

class Transactions : public Generator {
 public:
  Transactions(Random random, int64_t appends_per_key, int64_t next_key, std::vector<LiveKey> live,
               std::shared_ptr<RecentKeys> recent)
      : random_(random),
        appends_per_key_(appends_per_key),
        next_key_(next_key),
        live_(std::move(live)),
        recent_(std::move(recent)) {}

  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    step.kind = Step::Kind::kPending;
    step.time = INT64_MAX;
    step.next = self;
    if (context.threads.empty()) return {};
    if (context.free.empty()) return step;
    auto next = std::make_shared<Transactions>(*this);
    step.kind = Step::Kind::kOp;
    step.time = context.time;
    step.thread = context.free[context.chance % context.free.size()];
    step.op = next->Make();
    step.next = std::move(next);
    return step;
  }

 private:
  Op Make() {
    Op op;
    op.f = "txn";
    op.value = Json::array();
    const int64_t length = random_.Between(1, kMicroOps);
    for (int64_t i = 0; i < length; ++i) {
      LiveKey& chosen = live_[random_.Zipf(live_.size(), kSkew)];
      if (random_.Chance(0.5)) {
        op.value.push_back(MicroOp("r", chosen.key, nullptr));
      } else {
        op.value.push_back(MicroOp("append", chosen.key, ++chosen.appends));
        if (chosen.appends >= appends_per_key_) Retire(&chosen);
      }
    }
    return op;
  }

  void Retire(LiveKey* key) {
    recent_->Note(next_key_);
    *key = {next_key_++, 0};
  }

  Random random_;
  int64_t appends_per_key_;
  int64_t next_key_;
  std::vector<LiveKey> live_;
  std::shared_ptr<RecentKeys> recent_;
};

/// Every thread reads all recent keys, a few in each transaction, each once it can.
GeneratorPtr FinalTransactions(const RecentKeys& recent) {
  const std::vector<int64_t> keys = recent.Latest();
  std::vector<GeneratorPtr> reads;
  for (size_t from = 0; from < keys.size(); from += kMicroOps) {
    Op op;
    op.f = "txn";
    op.value = Json::array();
    for (size_t i = from; i < std::min<size_t>(keys.size(), from + kMicroOps); ++i) {
      op.value.push_back(MicroOp("r", keys[i], nullptr));
    }
    reads.push_back(UntilOkWithin(std::move(op)));
  }
  return gen::EachThread(gen::Sequence(std::move(reads)));
}

}  // namespace

Workload MakeAppend(const WorkloadOptions& options) {
  const int64_t pool = options.key_count > 0 ? options.key_count : kPool;
  // A key that Zipf seldom chooses stays live while many others come and go.
  auto recent = std::make_shared<RecentKeys>(4 * static_cast<size_t>(pool));
  std::vector<LiveKey> live;
  for (int64_t key = 0; key < pool; ++key) {
    live.push_back({key, 0});
    recent->Note(key);
  }
  Workload workload;
  workload.interface = "append";
  workload.functions = {"txn"};
  workload.generator =
      std::make_shared<Transactions>(Random::For(options.seed, "append"),
                                     options.ops_per_key > 0 ? options.ops_per_key : kAppendsPerKey,
                                     pool, std::move(live), recent);
  workload.final_generator = Late([recent] { return FinalTransactions(*recent); });
  workload.checkers = {"append", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace cleave
