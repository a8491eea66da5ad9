// What is recorded of an operation whose client gave no usable answer.
#pragma once

#include <exception>
#include <string>

#include "harness/run/operation_spec.h"

namespace cleave {

/// Whether an operation only looks: it may be recorded as failed where others are unknown.
bool IsRead(const std::string& f, const Json& value);

/// The completion of an operation of which nothing is known: kInfo, of a read kFail.
Completion Unanswered(const Op& op, std::string error, std::string text = "");

/// Whether an answer is nested deeper than any data of a store: copying or writing it, which
/// recurses, would overflow the stack. Takes no stack itself.
bool IsNonsense(const Completion& completion);

/// The text of an exception.
std::string ExceptionText(const std::exception_ptr& error);

}  // namespace cleave
