// One key's register operations as the engines see them: dense local values, positions, and nothing
// else. Invariant: in call order; only what constrains the history or may have changed the
// register.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkers/by_key.h"
#include "harness/history/history.h"

namespace cleave {

/// What an operation demands of the register and does to it, at one moment of [call, ret].
struct RegisterOp {
  enum class Kind : uint8_t {
    kRead,    // the value is `a`: an ok read, or a failed operation that saw `a`
    kDiffer,  // the value is not `a`: a failed cas that says mismatch
    kWrite,   // the value becomes `b`
    kCas,     // the value is `a` and becomes `b`
  };
  Kind kind;
  uint32_t a = 0, b = 0;  // indices into RegisterKey::values
  Position call, ret;     // ret is kNever for a crashed operation, which need not have happened
  uint32_t operation;     // index into History::operations()

  bool crashed() const { return ret == kNever; }
  bool changes() const { return kind == Kind::kWrite || kind == Kind::kCas; }
  bool demands() const { return kind != Kind::kWrite; }
};

struct RegisterKey {
  static constexpr uint32_t kInitial = 0;  // the local number of the initial value
  KeyId key = kNoKey;
  std::vector<RegisterOp> ops;
  std::vector<ValueId>
      values;  // local number → value; [0] may be kNoValue: never mentioned otherwise
};

/// The id of a JSON text's value, or kNoValue where the history never mentions it.
/// Throws std::invalid_argument when the text is not JSON.
ValueId FindJsonText(const ValueTable& values, const std::string& text);

/// Builds the operations of key number `i`. `scratch` belongs to the calling thread and is reused.
/// Throws std::invalid_argument for an operation that is none of a register's. O(operations of the
/// key).
RegisterKey ExtractRegister(const History& history, const ByKey& keys, size_t i, ValueId initial,
                            std::vector<uint32_t>* scratch);

}  // namespace cleave
