// The bound on a checker's memory, as deadline.h has that on its time.
#pragma once

#include <stdexcept>

namespace cleave {

/// A checker would have to hold more than CheckOptions::memory.
class OutOfMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace cleave
