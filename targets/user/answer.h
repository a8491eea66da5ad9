// One line of a user's client: what it says of which operation. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/run/operation_spec.h"

namespace cleave {

/// The request, without its newline: {"id":1,"f":"cas","key":"k0","value":[1,2],"timeout_ms":2000}.
/// Always these fields in this order, without spaces, so that a shell can take it apart.
std::string RequestLine(int64_t id, const Invocation& invocation);

struct UserAnswer {
  enum class Kind : uint8_t {
    kAnswer,    // to the operation that was asked
    kRepeated,  // to an operation that has ended: it says nothing of this one
    kNonsense,  // no client that works answers so
  };
  Kind kind = Kind::kNonsense;
  Completion completion;  // of kAnswer
  std::string why;        // of kNonsense, in words
  /// A fail with a code that is indefinite, of an operation that may have changed something: it was
  /// taken as kInfo.
  bool overruled = false;
};

/// What a line says while `id`, the highest that was asked, is open.
UserAnswer ReadAnswer(std::string_view line, int64_t id, const std::string& interface,
                      const Invocation& invocation);

/// The completion of an operation whose client gave no usable answer: kInfo, of a read kFail.
Completion WithoutAnswer(const Invocation& invocation, std::string error, std::string text);

}  // namespace cleave
