// Fuzz target: the readers of JSON lines, the fast one of the journal's form and the careful one.
// They must read the same: a blank behind a line's brace keeps the fast one from taking it.
#include "harness/history/fuzz/read_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = cleave::AsText(data, size);
  const cleave::ReadOptions options{.format = cleave::HistoryFormat::kJsonLines};
  cleave::ReadBothWays(bytes, options.format);
  std::string spaced;
  for (size_t i = 0; i < size; ++i) {
    spaced += bytes[i];
    if (bytes[i] == '{' && (i == 0 || bytes[i - 1] == '\n')) spaced += ' ';
  }
  CHECK(cleave::Read(bytes, options) == cleave::Read(spaced, options))
      << "\n--- fast\n"
      << cleave::Read(bytes, options) << "--- careful\n"
      << cleave::Read(spaced, options);
  return 0;
}
