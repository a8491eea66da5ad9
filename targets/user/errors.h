// The error codes of a user's clients: what each says of the operation, after Maelstrom's.
#pragma once

#include <span>
#include <string_view>

namespace cleave {

struct UserError {
  const char* code;
  bool definite;  // the operation certainly did not happen
  bool answered;  // by the data: the store works, and need not be left alone for a moment
  const char* meaning;
};

std::span<const UserError> UserErrors();
/// nullptr for a code of the user's own, which says nothing.
const UserError* FindUserError(std::string_view code);

}  // namespace cleave
