// The values that small histories of every model are made of, so that random ones and those of the
// fuzz targets meet on the same few. Only for tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checkers/object/model.h"

namespace cleave {

class Vocabulary {
 public:
  /// Made once; thread-safe.
  static const Vocabulary& Get();

  /// What the model's function may be asked with, and what its functions may answer.
  const std::vector<ValueId>& Inputs(const ModelInfo& info, const std::string& function) const;
  const std::vector<ValueId>& Answers(const ModelInfo& info) const;
  /// Every function of every model.
  FunctionId Function(const std::string& name) const { return functions_.at(name); }

  /// A builder that knows all of it, under the same ids; and the history that it makes without an
  /// event, for models to look values up in.
  HistoryBuilder Builder() const { return builder_; }
  const History& history() const { return history_; }

 private:
  Vocabulary();
  void AddLists(std::vector<ValueId> list, int more);

  HistoryBuilder builder_;
  std::vector<ValueId> ints_, pairs_, lists_, micro_, transactions_, strings_;
  std::map<std::string, FunctionId> functions_;
  History history_;
};

}  // namespace cleave
