// The generator of the main phase: clients, bounded and paced, beside the nemesis for as long as
// they last.
#include "harness/run/generator_parts.h"
#include "harness/run/test.h"

namespace cleave {
namespace {

// Two parts, as Any, but exhausted when the first is.
class WhileFirst : public Generator {
 public:
  WhileFirst(GeneratorPtr first, GeneratorPtr second)
      : first_(std::move(first)), second_(std::move(second)) {}
  Step Next(const Context& context, const GeneratorPtr& self) const override {
    Step step = gen::Ask(first_, context);
    if (step.kind == Step::Kind::kDone) return step;
    gen::Soonest soonest;
    Step other = gen::Ask(second_, context);
    // Faults are rare: where both could go, they do.
    soonest.Offer(1, std::move(other));
    soonest.Offer(0, std::move(step));
    Step best = soonest.Take();
    if (best.kind == Step::Kind::kPending) {
      best.next = self;
    } else if (soonest.index() == 0) {
      best.next = best.next ? std::make_shared<WhileFirst>(std::move(best.next), second_) : nullptr;
    } else {
      best.next = std::make_shared<WhileFirst>(first_, std::move(best.next));
    }
    return best;
  }
  GeneratorPtr Update(const Context& context, const GeneratorEvent& event,
                      const GeneratorPtr& self) const override {
    GeneratorPtr first = gen::Tell(first_, context, event);
    GeneratorPtr second = gen::Tell(second_, context, event);
    if (first == first_ && second == second_) return self;
    return first ? std::make_shared<WhileFirst>(std::move(first), std::move(second)) : nullptr;
  }

 private:
  GeneratorPtr first_, second_;
};

}  // namespace

GeneratorPtr MainGenerator(const TestOptions& options, GeneratorPtr clients, GeneratorPtr nemesis) {
  if (options.rate > 0) {
    uint64_t seed = Random::For(options.seed, "rate").Next();
    auto mean = static_cast<int64_t>(static_cast<double>(kSecond) / options.rate);
    clients = gen::Stagger(seed, mean, std::move(clients));
  }
  if (options.ops > 0) clients = gen::Limit(options.ops, std::move(clients));
  clients = gen::Clients(std::move(clients));
  if (nemesis) {
    clients = std::make_shared<WhileFirst>(std::move(clients), gen::Nemesis(std::move(nemesis)));
  }
  if (options.time_limit > 0) clients = gen::TimeLimit(options.time_limit, std::move(clients));
  return clients;
}

}  // namespace cleave
