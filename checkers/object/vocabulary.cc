// See vocabulary.h.
#include "checkers/object/vocabulary.h"

namespace cleave {

const Vocabulary& Vocabulary::Get() {
  static const Vocabulary all;
  return all;
}

Vocabulary::Vocabulary() {
  ValueTable& values = builder_.values();
  for (int64_t i = 0; i < 4; ++i) ints_.push_back(values.Int(i));
  for (const ValueId a : ints_) {
    for (const ValueId b : ints_) pairs_.push_back(values.List(std::vector{a, b}));
  }
  AddLists({}, 3);
  for (const char* key : {"x", "y"}) {
    for (const ValueId value : ints_) {
      for (const char* f : {"r", "w"}) {
        micro_.push_back(values.List(std::vector{values.String(f), values.String(key), value}));
      }
    }
  }
  for (const ValueId a : micro_) {
    for (const ValueId b : micro_) transactions_.push_back(values.List(std::vector{a, b}));
  }
  for (const char* text : {"", "a", "b", "ab", "ba", "aa", "bb"}) {
    strings_.push_back(values.String(text));
  }
  for (const ModelInfo& model : Models()) {
    for (const std::string& function : model.functions) {
      functions_[function] = builder_.Function(function);
    }
  }
  history_ = HistoryBuilder(builder_).Finish();
}

void Vocabulary::AddLists(std::vector<ValueId> list, int more) {
  lists_.push_back(builder_.values().List(list));
  for (const ValueId element : ints_) {
    if (more == 0) break;
    list.push_back(element);
    AddLists(list, more - 1);
    list.pop_back();
  }
}

const std::vector<ValueId>& Vocabulary::Inputs(const ModelInfo& info,
                                               const std::string& function) const {
  if (function == "cas") return pairs_;
  if (std::string_view(info.name) == "kv-append") return strings_;
  if (std::string_view(info.name) == "multi-register") return transactions_;
  return ints_;
}

const std::vector<ValueId>& Vocabulary::Answers(const ModelInfo& info) const {
  const std::string_view name = info.name;
  if (name == "list" || name == "linearizable-set") return lists_;
  return Inputs(info, "");
}

}  // namespace cleave
