// Small random histories of any model, for comparing searches with brute force: a real object under
// a random schedule, with crashes and, half of the time, one answer spoilt.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checkers/object/model.h"
#include "checkers/testing/random_history.h"

namespace cleave {

/// Values that histories of every model are made of.
struct ModelVocabulary {
  ModelVocabulary();

  std::vector<ValueId> ints, pairs, lists, micro, transactions, strings;
  std::map<std::string, FunctionId> functions;
  History history;

 private:
  void Lists(ValueTable* values, std::vector<ValueId> list, int more);
};

/// At most `count` operations in call order, numbered by ModelOp::operation, of which at most
/// `processes` are open at once. Their values are those of words.history, which holds no events.
std::vector<ModelOp> RandomModelOps(const ModelVocabulary& words, const ModelInfo& info,
                                    const Model& model, TestRandom* random, uint32_t count,
                                    uint32_t processes);

}  // namespace cleave
