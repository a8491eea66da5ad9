// One object's operations in words, for the sentences of the fast paths.
#pragma once

#include <string>

#include "checkers/by_key.h"
#include "checkers/object/model.h"
#include "checkers/words.h"

namespace cleave {

/// Operations are named by their index into ObjectHistory::ops.
class ObjectWords {
 public:
  explicit ObjectWords(const ObjectHistory& object) : object_(object) {}

  std::string Value(ValueId value) const { return object_.values().ToShortText(value); }
  /// The function's name: "enqueue".
  std::string Function(uint32_t i) const {
    return Shortened(object_.history->FunctionName(op(i).function));
  }
  /// "process 3's enqueue of 7", "process 1's read".
  std::string Who(uint32_t i) const {
    const std::string of = op(i).input == kNull || op(i).input == kNoValue || IsRead(i)
                               ? ""
                               : " of " + Value(op(i).input);
    return ProcessOf(object_.history->operations()[op(i).operation]) + Function(i) + of;
  }
  /// "process 1's read returned [1,2] (event 9)".
  std::string Answered(uint32_t i) const {
    return Who(i) + " returned " + Value(op(i).output) + AtEvent(op(i).ret);
  }
  /// "process 3's enqueue of 7 had returned (event 9)".
  std::string HadReturned(uint32_t i) const {
    return Who(i) + " had returned" + AtEvent(op(i).ret);
  }
  /// "process 3's enqueue of 7 was called (event 8)".
  std::string WasCalled(uint32_t i) const { return Who(i) + " was called" + AtEvent(op(i).call); }
  std::string OfKey() const { return cleave::OfKey(*object_.history, object_.key); }

 private:
  const ModelOp& op(uint32_t i) const { return object_.ops[i]; }
  bool IsRead(uint32_t i) const { return op(i).function == kRead || op(i).function == kGet; }

  const ObjectHistory& object_;
};

}  // namespace cleave
