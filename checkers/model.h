// Sequential objects: what an operation does to one and answers, written so that every engine can
// run it. A model is the definition that all verdicts about its kind of object rest on, so it is
// short and holds no cleverness.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// An operation as models and engines see it. Reads of unknown outcome and failures that say
/// nothing of the state are not among them.
struct ModelOp {
  FunctionId function;
  /// A failed operation that says only that the state was not the expected one (cas, acquire).
  bool mismatch = false;
  ValueId input = kNoValue;         // what was asked with; kNull where nothing was
  ValueId output = kNoValue;        // what it answered; kNoValue: nobody knows
  Position call = 0, ret = kNever;  // kNever: crashed; it need not have happened
  uint32_t operation = 0;           // index into History::operations()

  bool crashed() const { return ret == kNever; }
};

/// The operations on one object, in call order.
struct ObjectHistory {
  const History* history = nullptr;
  KeyId key = kNoKey;
  std::vector<ModelOp> ops;

  const ValueTable& values() const { return history->values(); }
};

/// The state of an object in words, whose meaning is the model's: equal states have equal words.
using ModelState = std::vector<uint32_t>;

/// Stateless and thread-safe once made: made for one history, whose values it may look up.
class Model {
 public:
  virtual ~Model() = default;

  virtual ModelState Initial() const = 0;
  /// Appends to *next every state that `op` may leave behind when it meets `state` and answers as
  /// it did; any answer will do where output is kNoValue. Nothing is appended where it cannot
  /// happen.
  virtual void Step(const ModelState& state, const ModelOp& op,
                    std::vector<ModelState>* next) const = 0;
  /// The state in words for people: "[1,2]", "held by process 3".
  virtual std::string Describe(const ModelState& state) const = 0;
};

}  // namespace cleave
