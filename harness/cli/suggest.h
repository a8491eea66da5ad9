// What is wrong with the command line, in words: see also harness/run/words.h.
#pragma once

#include <stdexcept>

#include "harness/run/words.h"

namespace cleave {

/// The command line asks for something that does not exist or does not fit: exit code 254.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace cleave
