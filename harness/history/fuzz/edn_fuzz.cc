// Fuzz target: the reader of EDN, Porcupine's key-value files among it.
#include "harness/history/fuzz/read_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cleave::ReadBothWays(cleave::AsText(data, size), cleave::HistoryFormat::kEdn);
  return 0;
}
