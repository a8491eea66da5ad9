// Fuzz target: the parser of the one-line notation, which refuses with std::invalid_argument.
#include <stdexcept>

#include "harness/history/fuzz/read_bytes.h"
#include "harness/history/notation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    cleave::TextOfHistory(cleave::ParseNotation(cleave::AsText(data, size)));
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
