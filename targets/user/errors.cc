// Maelstrom's codes (doc/protocol.md, "Errors") by name; mismatch and conflict are what the
// checkers call its 22 and 30.
#include "targets/user/errors.h"

namespace cleave {
namespace {

constexpr UserError kUserErrors[] = {
    {"timeout", false, false, "no answer in time"},
    {"connection-closed", false, false, "the connection ended after something was sent"},
    {"crash", false, false, "anything else of which the outcome is not known"},
    {"connection-refused", true, false, "nothing was sent"},
    {"unreachable", true, false, "the node could not be reached; nothing was sent"},
    {"not-supported", true, false, "the store has no such function"},
    {"temporarily-unavailable", true, false, "refused before anything was done, e.g. no leader"},
    {"malformed-request", true, false, "refused because it was not understood"},
    {"abort", true, false, "anything else that certainly did not happen"},
    {"key-does-not-exist", true, true, "there is no such key, and the function needs one"},
    {"key-already-exists", true, true, "there is such a key, and the function makes one"},
    {"mismatch", true, true, "cas: the value was another one, given as \"observed\""},
    {"conflict", true, true, "a transaction was rolled back because of another one"},
    {"insufficient", true, true, "bank: the account does not hold the amount"},
    {"too-late", true, true, "g2: the other row is there already"},
    {"empty", true, true, "queue: there is nothing to take; \"observed\" is []"},
    {"lock-lost", true, true, "lock: it is not held any more"},
};

}  // namespace

std::span<const UserError> UserErrors() { return kUserErrors; }

const UserError* FindUserError(std::string_view code) {
  for (const UserError& error : kUserErrors) {
    if (error.code == code) return &error;
  }
  return nullptr;
}

}  // namespace cleave
