// Sequential objects: what an operation does to one and answers, written so that every engine can
// run it. A model is the definition that all verdicts about its kind of object rest on, so it is
// short and holds no cleverness.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
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
  int32_t process = 0;              // who asked, for objects that have owners

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
  /// Whether `op` never changes any state. Engines do it as soon as it fits.
  virtual bool Observes(const ModelOp& op) const {
    return op.mismatch || op.function == kRead || op.function == kGet;
  }
  /// The element that an operation on a collection is about, where histories stay possible when all
  /// operations of some elements are left out. kNoValue: none, or it is not so.
  virtual ValueId ElementOf(const ModelOp&) const { return kNoValue; }
  /// Whether it matters which process does an operation.
  virtual bool HasOwners() const { return false; }
  /// Appends to *next every state that `op` may leave behind when it meets `state` and answers as
  /// it did; any answer will do where output is kNoValue. Nothing is appended where it cannot
  /// happen.
  virtual void Step(const ModelState& state, const ModelOp& op,
                    std::vector<ModelState>* next) const = 0;
  /// The state in words for people: "[1,2]", "held by process 3".
  virtual std::string Describe(const ModelState& state) const = 0;
};

/// What models are made from.
struct ModelContext {
  const History* history = nullptr;
  ValueId initial = kNull;  // of registers; kNoValue where the history never mentions it
  uint32_t permits = 1;     // of a semaphore
};

/// A row of the table of models.
struct ModelInfo {
  const char* name;  // Knossos' name, where it has one
  const char* summary;
  const char* state_is;  // with Describe's words a clause: "the register holds"
  std::unique_ptr<Model> (*make)(const ModelContext& context);
  /// The functions that it knows, well-known or not; others make a history none of its own.
  std::vector<std::string> functions;
};

/// Every model, in the order in which they are listed.
std::span<const ModelInfo> Models();
/// nullptr where there is none of that name.
const ModelInfo* FindModel(std::string_view name);

}  // namespace cleave
