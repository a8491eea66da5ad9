// The HTTP interface's requests as operations of the store: method, path and JSON body in, an
// Operation or an answer with words out. Documented in targets/raft/README.md.
#pragma once

#include <string>
#include <variant>

#include "targets/raft/server/replica.h"

namespace cleave::raft {

struct StatusRequest {};

/// Never throws, whatever the bytes are: what is wrong is answered with 400, 404, 405 or 413.
std::variant<Operation, StatusRequest, Answer> ParseRequest(const std::string& method,
                                                            const std::string& target,
                                                            const std::string& body);

}  // namespace cleave::raft
