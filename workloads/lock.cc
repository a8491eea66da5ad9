// lock, lock-fenced: a few threads for each lock. Each acquires it, holds it and gives it back,
// again and again; the others wait meanwhile. Half of the holdings last seconds, so that a lease of
// a few seconds can expire while its holder believes that it holds.
#include "workloads/lock.h"

#include <algorithm>
#include <string>

#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr int kThreadsPerLock = 3;
constexpr int64_t kShortHolding = 200 * kMillisecond;
constexpr int64_t kLongHolding = 6 * kSecond;
/// Who waits for a lock waits for two others that hold it.
constexpr int64_t kAcquireTime = 15 * kSecond;

/// One thread: acquire, and after the holding what ends it.
class LockTurns : public Generator {
 public:
  LockTurns(uint64_t seed, const char* end) : seed_(seed), end_(end) {}

  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    if (context.threads.empty()) return step;
    step.next = self;
    if (context.free.empty()) {
      step.kind = Step::Kind::kPending;
      step.time = INT64_MAX;
      return step;
    }
    step.kind = Step::Kind::kOp;
    step.thread = context.free.front();
    step.time = holds_ ? std::max(until_, context.time) : context.time;
    step.op.f = holds_ ? end_ : "acquire";
    if (!holds_) step.op.timeout = kAcquireTime;
    return step;
  }

  GeneratorPtr Update(const Context&, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    if (event.type == EventType::kInvoke) return self;
    auto next = std::make_shared<LockTurns>(*this);
    next->holds_ = event.op->f == "acquire" && event.type == EventType::kOk;
    if (!next->holds_) return next;
    const std::string turn = std::to_string(event.thread) + " " + std::to_string(turns_);
    Random random = Random::For(seed_, "holding " + turn);
    const int64_t longest = random.Chance(0.5) ? kLongHolding : kShortHolding;
    next->until_ = event.time + random.Between(0, longest);
    ++next->turns_;
    return next;
  }

 private:
  uint64_t seed_;
  const char* end_;
  bool holds_ = false;
  int64_t until_ = 0;  // while it holds: when it gives it back
  int64_t turns_ = 0;
};

Workload LockWorkload(const WorkloadOptions& options, const char* end) {
  const int64_t locks = std::clamp<int64_t>(
      options.key_count > 0 ? options.key_count : options.concurrency / kThreadsPerLock, 1,
      options.concurrency);
  const int threads = static_cast<int>((options.concurrency + locks - 1) / locks);
  const uint64_t seed = options.seed;
  Workload workload;
  workload.interface = "lock";
  workload.functions = {"acquire", end};
  workload.generator = gen::Concurrent(
      threads, -1,
      [seed, end](int64_t key) {
        const uint64_t key_seed = Random::For(seed, "lock " + KeyName(key)).Next();
        return gen::EachThread(std::make_shared<LockTurns>(key_seed, end));
      },
      KeyName);
  workload.checkers = {"lock", "stats", "availability", "vacuous"};
  return workload;
}

}  // namespace

Workload MakeLock(const WorkloadOptions& options) { return LockWorkload(options, "release"); }

Workload MakeFencedLock(const WorkloadOptions& options) { return LockWorkload(options, "commit"); }

}  // namespace cleave
