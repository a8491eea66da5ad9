// Prints a failed CHECK and aborts.
#include "harness/history/check.h"

#include <cstdio>
#include <cstdlib>

namespace cleave {

CheckFailure::CheckFailure(const char* file, int line, const char* condition) {
  stream_ << file << ":" << line << ": CHECK(" << condition << ") failed: a bug in cleave. ";
}

CheckFailure::~CheckFailure() {
  std::fprintf(stderr, "%s\n", stream_.str().c_str());
  std::abort();
}

}  // namespace cleave
