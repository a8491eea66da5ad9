// Generators that bound and pace others.
#include "harness/run/generator_parts.h"

namespace cleave::gen {
namespace {

// A paced generator that is late catches up by this much and no more: a rate is kept although
// timers are coarse, and yet no burst follows a stall.
constexpr int64_t kCatchUp = 20 * kMillisecond;

class Bounded : public Generator {
 public:
  Bounded(int64_t duration, int64_t cutoff, GeneratorPtr g)
      : duration_(duration), cutoff_(cutoff), g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    if (context.time >= cutoff_) return Done();
    Step step = Ask(g_, context);
    if (step.kind == Step::Kind::kDone) return step;
    int64_t cutoff = cutoff_;
    if (step.kind == Step::Kind::kOp) {
      if (cutoff == INT64_MAX && duration_ < INT64_MAX - step.time) cutoff = step.time + duration_;
      if (step.time >= cutoff) return Done();
    } else {
      step.time = std::min(step.time, cutoff);
    }
    if (step.next) step.next = std::make_shared<Bounded>(duration_, cutoff, std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    if (g == g_) return self;
    return g ? std::make_shared<Bounded>(duration_, cutoff_, std::move(g)) : nullptr;
  }

 private:
  int64_t duration_;
  int64_t cutoff_;  // INT64_MAX until the first operation
  GeneratorPtr g_;
};

class Paced : public Generator {
 public:
  // due: when the next operation may go; INT64_MIN before the first.
  Paced(Random random, bool exponential, int64_t interval, int64_t due, GeneratorPtr g)
      : random_(random),
        exponential_(exponential),
        interval_(interval),
        due_(due),
        g_(std::move(g)) {}
  Step Next(const Context& context, const GeneratorPtr&) const override {
    Step step = Ask(g_, context);
    if (step.kind == Step::Kind::kDone) return step;
    if (step.kind == Step::Kind::kPending) {
      step.next = With(random_, due_, std::move(step.next));
      return step;
    }
    Random random = random_;
    int64_t due = due_ == INT64_MIN ? step.time : std::max(due_, step.time - kCatchUp);
    step.time = std::max(step.time, due);
    double gap = exponential_ ? random.Exponential(static_cast<double>(interval_)) : interval_;
    if (step.next) step.next = With(random, due + static_cast<int64_t>(gap), std::move(step.next));
    return step;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr g = Tell(g_, context, event);
    if (g == g_) return self;
    return g ? With(random_, due_, std::move(g)) : nullptr;
  }

 private:
  GeneratorPtr With(const Random& random, int64_t due, GeneratorPtr g) const {
    return std::make_shared<Paced>(random, exponential_, interval_, due, std::move(g));
  }

  Random random_;
  bool exponential_;
  int64_t interval_, due_;
  GeneratorPtr g_;
};

}  // namespace

GeneratorPtr TimeLimit(int64_t duration, GeneratorPtr g) {
  return std::make_shared<Bounded>(duration, INT64_MAX, std::move(g));
}

GeneratorPtr Stagger(uint64_t seed, int64_t mean, GeneratorPtr g) {
  return std::make_shared<Paced>(Random(seed), true, mean, INT64_MIN, std::move(g));
}

GeneratorPtr Delay(int64_t interval, GeneratorPtr g) {
  return std::make_shared<Paced>(Random(0), false, interval, INT64_MIN, std::move(g));
}

}  // namespace cleave::gen
