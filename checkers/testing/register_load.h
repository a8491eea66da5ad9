// Long valid register histories for benchmarks, in memory and as a file: a few clients, each of
// whose operations is called, takes effect and returns at random moments.
#pragma once

#include <cstdint>
#include <filesystem>

#include "harness/history/history.h"

namespace cleave {

struct RegisterLoad {
  int64_t operations;
  int64_t keys = 1;
  int64_t clients = 10;
  int64_t values = 0;  // 0: unique
  int64_t crash_per_mille = 0;
  int64_t crashes = 0;  // so many besides, evenly spread
  bool cas = false;
};

History MakeRegisterHistory(const RegisterLoad& load);

/// The same as JSON lines, as the journal writes them. The file is overwritten.
void WriteRegisterHistory(const RegisterLoad& load, const std::filesystem::path& file);

}  // namespace cleave
