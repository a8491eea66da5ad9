// A generator whose times count from its start.
#include "nemesis/start_time.h"

namespace cleave {
namespace {

class StartTime : public Generator {
 public:
  explicit StartTime(std::function<GeneratorPtr(int64_t)> make) : make_(std::move(make)) {}

  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step;
    step.next = self;
    if (context.free.empty()) {
      step.kind = Step::Kind::kPending;
      step.time = INT64_MAX;
      return step;
    }
    step.kind = Step::Kind::kOp;
    step.op.kind = Op::Kind::kSleep;
    step.thread = context.free.front();
    step.time = context.time;
    step.next = make_(context.time);
    return step;
  }

 private:
  std::function<GeneratorPtr(int64_t)> make_;
};

}  // namespace

GeneratorPtr FromStart(std::function<GeneratorPtr(int64_t now)> make) {
  return std::make_shared<StartTime>(std::move(make));
}

}  // namespace cleave
