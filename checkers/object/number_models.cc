// See number_models.h.
#include "checkers/object/number_models.h"

#include <algorithm>

namespace cleave {
namespace {

/// The state is the number's two halves, the higher one first.
class CounterModel : public Model {
 public:
  explicit CounterModel(const ModelContext& context) : history_(*context.history) {}
  ModelState Initial() const override { return {0, 0}; }

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    const int64_t now = Number(state);
    if (op.function != kRead) {
      const auto after = static_cast<uint64_t>(now) + static_cast<uint64_t>(Delta(op));
      next->push_back({static_cast<uint32_t>(after >> 32), static_cast<uint32_t>(after)});
    } else if (op.output == kNoValue ||
               (history_.values().IsInt(op.output) && history_.values().AsInt(op.output) == now)) {
      next->push_back(state);
    }
  }

  std::string Describe(const ModelState& state) const override {
    return std::to_string(Number(state));
  }

 private:
  static int64_t Number(const ModelState& state) {
    return static_cast<int64_t>(uint64_t{state[0]} << 32 | state[1]);
  }
  /// Without a number: by one.
  int64_t Delta(const ModelOp& op) const {
    const int64_t by = history_.values().IsInt(op.input) ? history_.values().AsInt(op.input) : 1;
    return history_.FunctionName(op.function).starts_with("dec") ? -by : by;
  }

  const History& history_;
};

/// The state is the ids that were given, in order.
class IdsModel : public Model {
 public:
  ModelState Initial() const override { return {}; }

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    ModelState after = state;
    if (op.function != kRead && op.output != kNoValue) {  // a read: what a failed one observed
      const auto at = std::lower_bound(after.begin(), after.end(), op.output);
      if (at != after.end() && *at == op.output) return;
      after.insert(at, op.output);
    }
    next->push_back(std::move(after));
  }

  std::string Describe(const ModelState& state) const override {
    return std::to_string(state.size()) + " ids given";
  }
};

}  // namespace

std::unique_ptr<Model> MakeCounterModel(const ModelContext& context) {
  return std::make_unique<CounterModel>(context);
}
std::unique_ptr<Model> MakeIdsModel(const ModelContext&) { return std::make_unique<IdsModel>(); }

}  // namespace cleave
