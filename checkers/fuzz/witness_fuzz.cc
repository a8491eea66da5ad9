// Fuzz target: a history of JSON lines, an empty line, and witnesses of it, both of unknown origin:
// they are refused, or replayed.
#include <sstream>
#include <stdexcept>

#include "checkers/witness.h"
#include "harness/history/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const size_t middle = text.find("\n\n");
  if (middle == std::string::npos) return 0;
  try {
    const cleave::History history = cleave::ReadHistoryText(
        text.substr(0, middle), "h", {.format = cleave::HistoryFormat::kJsonLines});
    std::istringstream witnesses(text.substr(middle));
    cleave::Verify(history, cleave::ReadWitnesses(witnesses, history), {});
  } catch (const cleave::HistoryError&) {
    return 0;
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
