// See queue_models.h. States hold the ids of elements.
#include "checkers/object/queue_models.h"

#include <algorithm>

namespace cleave {
namespace {

/// What collections have in common: their words are elements.
class CollectionModel : public Model {
 public:
  explicit CollectionModel(const ModelContext& context) : history_(*context.history) {}
  ModelState Initial() const override { return {}; }
  std::string Describe(const ModelState& state) const override {
    std::string text = "[";
    for (size_t i = 0; i < state.size(); ++i) {
      text += (i == 0 ? "" : ",") + history_.values().ToShortText(state[i]);
    }
    return Shortened(text + "]");
  }

 protected:
  const ValueTable& values() const { return history_.values(); }
  bool Is(const ModelOp& op, std::string_view function) const {
    return history_.FunctionName(op.function) == function;
  }
  /// An answer of null, or of nothing, says that it was empty.
  static bool SaysEmpty(const ModelOp& op) { return op.output == kNull; }

 private:
  const History& history_;
};

class SetModel : public CollectionModel {
 public:
  using CollectionModel::CollectionModel;

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    if (op.function == kRead) {
      if (op.output == kNoValue || Holds(state, op.output)) next->push_back(state);
      return;
    }
    ModelState after = state;
    const auto at = std::lower_bound(after.begin(), after.end(), op.input);
    const bool present = at != after.end() && *at == op.input;
    if (Is(op, "remove")) {
      if (present) after.erase(at);
    } else if (!present) {
      after.insert(at, op.input);
    }
    next->push_back(std::move(after));
  }

 private:
  /// An element that is listed twice is in no set.
  bool Holds(const ModelState& state, ValueId list) const {
    if (!values().IsList(list)) return list == kNull && state.empty();
    const auto elements = values().Elements(list);
    ModelState seen(elements.begin(), elements.end());
    std::sort(seen.begin(), seen.end());
    return seen == state;
  }
};

class ListModel : public CollectionModel {
 public:
  using CollectionModel::CollectionModel;

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    if (op.function != kRead) {
      next->push_back(state);
      next->back().push_back(op.input);
    } else if (op.output == kNoValue || Equals(state, op.output)) {
      next->push_back(state);
    }
  }

 private:
  bool Equals(const ModelState& state, ValueId list) const {
    if (!values().IsList(list)) return list == kNull && state.empty();
    const auto elements = values().Elements(list);
    return std::equal(elements.begin(), elements.end(), state.begin(), state.end());
  }
};

/// Collections that give their elements away one by one: where an element is put and which one is
/// next makes the difference.
class DispenserModel : public CollectionModel {
 public:
  using CollectionModel::CollectionModel;
  /// An answer of empty is about none.
  ValueId ElementOf(const ModelOp& op) const override {
    if (!Takes(op)) return op.input;
    return op.output == kNull ? kNoValue : op.output;
  }

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    if (op.mismatch) {  // it found nothing to take
      if (state.empty()) next->push_back(state);
    } else if (!Takes(op)) {
      next->push_back(state);
      Put(op.input, &next->back());
    } else if (state.empty()) {
      if (op.output == kNoValue || SaysEmpty(op)) next->push_back(state);
    } else if (op.output == kNoValue || op.output == *Next(state)) {
      next->push_back(state);
      next->back().erase(next->back().begin() + (Next(state) - state.begin()));
    }
  }

 protected:
  bool Takes(const ModelOp& op) const {
    return op.function == kDequeue || Is(op, "pop") || Is(op, "delete-min");
  }
  virtual void Put(ValueId element, ModelState* state) const { state->push_back(element); }
  /// Which element of a state that is not empty is given away first.
  virtual ModelState::const_iterator Next(const ModelState& state) const { return state.begin(); }
};

using FifoModel = DispenserModel;

class StackModel : public DispenserModel {
 public:
  using DispenserModel::DispenserModel;

 private:
  ModelState::const_iterator Next(const ModelState& state) const override {
    return state.end() - 1;
  }
};

/// Words are in order of ids.
class BagModel : public DispenserModel {
 public:
  using DispenserModel::DispenserModel;

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    if (op.mismatch) return DispenserModel::Step(state, op, next);
    if (op.function == kEnqueue) {
      next->push_back(state);
      ModelState& after = next->back();
      after.insert(std::upper_bound(after.begin(), after.end(), op.input), op.input);
      return;
    }
    if (state.empty() && (op.output == kNoValue || SaysEmpty(op))) next->push_back(state);
    for (size_t i = 0; i < state.size(); ++i) {
      const bool same = i > 0 && state[i] == state[i - 1];  // it does not matter which
      if (same || (op.output != kNoValue && op.output != state[i])) continue;
      next->push_back(state);
      next->back().erase(next->back().begin() + static_cast<ptrdiff_t>(i));
    }
  }
};

/// Words are in order of priority: integers by size, and what is no integer by its id after them.
class PriorityModel : public DispenserModel {
 public:
  using DispenserModel::DispenserModel;

 private:
  void Put(ValueId element, ModelState* state) const override {
    const auto before = [this](ValueId a, ValueId b) { return Before(a, b); };
    state->insert(std::upper_bound(state->begin(), state->end(), element, before), element);
  }
  bool Before(ValueId a, ValueId b) const {
    const bool a_int = values().IsInt(a), b_int = values().IsInt(b);
    if (a_int && b_int) return values().AsInt(a) < values().AsInt(b);
    return a_int != b_int ? a_int : a < b;
  }
};

}  // namespace

std::unique_ptr<Model> MakeSetModel(const ModelContext& context) {
  return std::make_unique<SetModel>(context);
}
std::unique_ptr<Model> MakeListModel(const ModelContext& context) {
  return std::make_unique<ListModel>(context);
}
std::unique_ptr<Model> MakeFifoModel(const ModelContext& context) {
  return std::make_unique<FifoModel>(context);
}
std::unique_ptr<Model> MakeBagModel(const ModelContext& context) {
  return std::make_unique<BagModel>(context);
}
std::unique_ptr<Model> MakePriorityModel(const ModelContext& context) {
  return std::make_unique<PriorityModel>(context);
}
std::unique_ptr<Model> MakeStackModel(const ModelContext& context) {
  return std::make_unique<StackModel>(context);
}

}  // namespace cleave
