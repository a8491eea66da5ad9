// See register_models.h.
#include "checkers/object/register_models.h"

#include <algorithm>

namespace cleave {
namespace {

/// The state is one word: the value.
class RegisterModel : public Model {
 public:
  explicit RegisterModel(const ModelContext& context)
      : values_(context.history->values()), initial_(context.initial) {}

  ModelState Initial() const override { return {initial_}; }

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    if (op.function == kWrite || op.function == kPut) {
      next->push_back({op.input});
    } else if (op.function == kCas) {
      const auto pair = values_.Elements(op.input);
      if (op.mismatch) {
        if (state[0] != pair[0]) next->push_back(state);
      } else if (state[0] == pair[0]) {
        next->push_back({pair[1]});
      }
    } else if (op.output == kNoValue || op.output == state[0]) {
      next->push_back(state);
    }
  }

  std::string Describe(const ModelState& state) const override {
    return state[0] == kNoValue ? "the initial value" : values_.ToShortText(state[0]);
  }

 private:
  const ValueTable& values_;
  const ValueId initial_;
};

/// The state is pairs of key and value, in order of keys; a key that is absent has the initial
/// value.
class MultiRegisterModel : public Model {
 public:
  explicit MultiRegisterModel(const ModelContext& context)
      : values_(context.history->values()),
        initial_(context.initial),
        read_(values_.FindString("r")),
        read_long_(values_.FindString("read")) {}

  ModelState Initial() const override { return {}; }

  bool Observes(const ModelOp& op) const override { return op.function == kRead; }

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    // An answer of null or true says no more than that it happened.
    const bool told = op.output != kNoValue && values_.kind(op.output) >= ValueKind::kList;
    const ValueId value = told ? op.output : op.function == kRead ? kNull : op.input;
    ModelState after = state;
    const bool possible = values_.kind(value) == ValueKind::kMap
                              ? Map(op.function == kRead, value, told, &after)
                              : Micro(op.function == kRead, value, told, &after);
    if (possible) next->push_back(std::move(after));
  }

  std::string Describe(const ModelState& state) const override {
    std::string text;
    for (size_t i = 0; i < state.size(); i += 2) {
      text += (i == 0 ? "" : ", ") + values_.ToShortText(state[i]) + "=" +
              values_.ToShortText(state[i + 1]);
    }
    return "{" + text + "}";
  }

 private:
  ValueId Get(const ModelState& state, ValueId key) const {
    for (size_t i = 0; i < state.size(); i += 2) {
      if (state[i] == key) return state[i + 1];
    }
    return initial_;
  }
  void Put(ModelState* state, ValueId key, ValueId value) const {
    size_t i = 0;
    while (i < state->size() && (*state)[i] < key) i += 2;
    if (i == state->size() || (*state)[i] != key) {
      state->insert(state->begin() + static_cast<ptrdiff_t>(i), {key, value});
    }
    (*state)[i + 1] = value;
  }

  /// {"x": 1, "y": 2}: all of it is read or written at once.
  bool Map(bool reads, ValueId map, bool answered, ModelState* state) const {
    const auto pairs = values_.Elements(map);
    for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (!reads) Put(state, pairs[i], pairs[i + 1]);
      if (reads && answered && Get(*state, pairs[i]) != pairs[i + 1]) return false;
    }
    return true;
  }

  /// [["r", "x", 1], ["w", "y", 2]]: one after the other, with nothing between them.
  /// What a read says that it wrote, it did not.
  bool Micro(bool only_reads, ValueId list, bool answered, ModelState* state) const {
    if (!values_.IsList(list)) return true;  // a read of everything that nobody answered
    for (const ValueId micro : values_.Elements(list)) {
      if (!values_.IsList(micro)) continue;
      const auto parts = values_.Elements(micro);
      if (parts.size() < 2) continue;
      const ValueId value = parts.size() > 2 ? parts[2] : kNull;
      const bool reads = parts[0] == read_ || parts[0] == read_long_;
      if (!reads && !only_reads) Put(state, parts[1], value);
      if (reads && answered && Get(*state, parts[1]) != value) return false;
    }
    return true;
  }

  const ValueTable& values_;
  const ValueId initial_, read_, read_long_;
};

/// The state is the pieces that the string was put together from.
class StringModel : public Model {
 public:
  explicit StringModel(const ModelContext& context) : values_(context.history->values()) {}

  ModelState Initial() const override { return {}; }

  void Step(const ModelState& state, const ModelOp& op,
            std::vector<ModelState>* next) const override {
    if (op.function == kPut) {
      next->push_back(Piece(op.input) ? ModelState{op.input} : ModelState{});
    } else if (op.function == kAppend) {
      next->push_back(state);
      if (Piece(op.input)) next->back().push_back(op.input);
    } else if (op.output == kNoValue || Is(state, op.output)) {
      next->push_back(state);
    }
  }

  std::string Describe(const ModelState& state) const override {
    std::string text;
    for (const uint32_t piece : state) text += values_.AsText(piece);
    return "\"" + Shortened(text) + "\"";
  }

 private:
  bool Piece(ValueId value) const {
    return values_.kind(value) == ValueKind::kString && !values_.AsText(value).empty();
  }
  bool Is(const ModelState& state, ValueId value) const {
    std::string_view rest =
        values_.kind(value) == ValueKind::kString ? values_.AsText(value) : std::string_view();
    for (const uint32_t piece : state) {
      const std::string_view text = values_.AsText(piece);
      if (!rest.starts_with(text)) return false;
      rest.remove_prefix(text.size());
    }
    return rest.empty();
  }

  const ValueTable& values_;
};

}  // namespace

std::unique_ptr<Model> MakeRegisterModel(const ModelContext& context) {
  return std::make_unique<RegisterModel>(context);
}
std::unique_ptr<Model> MakeMultiRegisterModel(const ModelContext& context) {
  return std::make_unique<MultiRegisterModel>(context);
}
std::unique_ptr<Model> MakeStringModel(const ModelContext& context) {
  return std::make_unique<StringModel>(context);
}

}  // namespace cleave
