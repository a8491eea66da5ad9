// The texts of EDN that take more than a look: escapes, characters and unusual numbers.
#pragma once

#include <string>
#include <string_view>

#include "harness/history/value.h"

namespace cleave {

bool IsUtf8(std::string_view text);

/// Appends what the escape at p, behind its backslash, stands for, and returns the position behind
/// it. Null where it is malformed. Zero bytes must lie behind the text.
const char* AppendEscape(const char* p, std::string* out);

/// The text of a character literal, without its backslash: "a", "newline", "u03A9". Empty where
/// there is no such character.
std::string CharacterText(std::string_view name);

/// A number in any form that Clojure prints (1N, 1.5M, 0x1F, 1/3, beyond 64 bits) as JSON would
/// have it; a ratio is a string, for want of a number. kNoValue where it is malformed.
ValueId NumberValue(std::string_view text, ValueTable* values);

}  // namespace cleave
