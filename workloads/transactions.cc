// The generator of transactions. Invariant: the values written to a key are 1, 2, 3, … in the order
// in which they are handed out, so that none comes twice.
#include "workloads/transactions.h"

#include <algorithm>

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr int64_t kPool = 8;
constexpr int64_t kWritesPerKey = 32;
constexpr size_t kFinalReads = 4;

struct LiveKey {
  int64_t key;
  int64_t writes;
};

class Transactions : public Generator {
 public:
  Transactions(const WorkloadOptions& options, const char* name, const char* write, int64_t pool,
               std::shared_ptr<RecentKeys> recent)
      : random_(Random::For(options.seed, name)),
        write_(write),
        max_length_(options.max_txn_length),
        skew_(options.key_skew),
        writes_per_key_(options.ops_per_key > 0 ? options.ops_per_key : kWritesPerKey),
        recent_(std::move(recent)) {
    for (int64_t key = 0; key < pool; ++key) {
      live_.push_back({key, 0});
      recent_->Note(key);
    }
    next_key_ = pool;
  }

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
    const int64_t length = random_.Between(1, max_length_);
    for (int64_t i = 0; i < length; ++i) {
      LiveKey& chosen = live_[random_.Zipf(live_.size(), skew_)];
      if (random_.Chance(0.5)) {
        op.value.push_back(MicroOp("r", chosen.key, nullptr));
      } else {
        op.value.push_back(MicroOp(write_, chosen.key, ++chosen.writes));
        if (chosen.writes >= writes_per_key_) Retire(&chosen);
      }
    }
    return op;
  }

  void Retire(LiveKey* key) {
    recent_->Note(next_key_);
    *key = {next_key_++, 0};
  }

  Random random_;
  const char* write_;
  int64_t max_length_;
  double skew_;
  int64_t writes_per_key_;
  int64_t next_key_ = 0;
  std::vector<LiveKey> live_;
  std::shared_ptr<RecentKeys> recent_;
};

/// Every thread reads all recent keys, a few in each transaction, each once it can.
GeneratorPtr FinalTransactions(const RecentKeys& recent) {
  const std::vector<int64_t> keys = recent.Latest();
  std::vector<GeneratorPtr> reads;
  for (size_t from = 0; from < keys.size(); from += kFinalReads) {
    Op op;
    op.f = "txn";
    op.value = Json::array();
    for (size_t i = from; i < std::min(keys.size(), from + kFinalReads); ++i) {
      op.value.push_back(MicroOp("r", keys[i], nullptr));
    }
    reads.push_back(UntilOkWithin(std::move(op)));
  }
  return gen::EachThread(gen::Sequence(std::move(reads)));
}

}  // namespace

Json MicroOp(const char* f, int64_t key, Json value) {
  Json op = Json::array();
  op.push_back(f);
  op.push_back(KeyName(key));
  op.push_back(std::move(value));
  return op;
}

Workload TransactionWorkload(const WorkloadOptions& options, const char* name, const char* write) {
  const int64_t pool = options.key_count > 0 ? options.key_count : kPool;
  // A key that is seldom chosen stays live while many others come and go.
  auto recent = std::make_shared<RecentKeys>(4 * static_cast<size_t>(pool));
  Workload workload;
  workload.interface = name;
  workload.functions = {"txn"};
  workload.generator = std::make_shared<Transactions>(options, name, write, pool, recent);
  workload.final_generator = Late([recent] { return FinalTransactions(*recent); });
  return workload;
}

}  // namespace cleave
