// Fuzz target: the reader of Porcupine's etcd logs.
#include "harness/history/fuzz/read_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cleave::ReadBothWays(cleave::AsText(data, size), cleave::HistoryFormat::kPorcupineEtcd);
  return 0;
}
