// What a user's target may offer: the data types that workloads know, with their functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleave {

/// What an ok answer to a function holds as its "value".
enum class AnswerShape : uint8_t {
  kNothing,      // none is needed: the input stands
  kOptional,     // any JSON, or none
  kAny,          // any JSON, null too
  kNumber,       // a whole number
  kList,         // of anything
  kObject,       // by account
  kTransaction,  // the micro-operations that were asked, with what each "r" has read
};

/// Names of all data types, and of a data type's functions (none where it is unknown).
std::vector<std::string> UserInterfaces();
std::vector<std::string> UserFunctions(std::string_view interface);
/// Nothing for what is in no row.
std::optional<AnswerShape> AnswerShapeOf(std::string_view interface, std::string_view function);

}  // namespace cleave
