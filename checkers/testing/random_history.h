// Small random histories for comparing engines with the oracle: half of them come from a real
// register (or store) under random schedules, so that valid ones are common; then a few answers are
// spoilt.
#pragma once

#include <cstdint>
#include <span>

#include "harness/history/history.h"

namespace cleave {

/// splitmix64 (Steele, Lea & Flood 2014): tests need chance that is the same everywhere.
class TestRandom {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed) {}
  /// A byte for each choice, as long as they last, so that a fuzzer makes the choices. Borrows
  /// them.
  explicit TestRandom(std::span<const uint8_t> bytes) : state_(bytes.size()), bytes_(bytes) {}
  uint64_t Next();
  /// Uniform enough in [0, bound).
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>((Next() >> 32) * bound >> 32); }

 private:
  uint64_t state_;
  std::span<const uint8_t> bytes_;
};

struct RandomRegisterOptions {
  uint32_t operations = 8;
  uint32_t concurrency = 4;
  uint32_t values = 3;  // writes take one of them…
  bool unique = false;  // … or a fresh one each
  uint32_t crash_percent = 15;
  uint32_t fail_percent = 10;  // writes that did not happen; a cas fails when the register says so
  uint32_t spoilt = 1;         // answers that are replaced by random ones, at most
  bool cas = true;
  bool mismatches = true;  // failed cas say so, or what they observed; otherwise they say nothing
};

History RandomRegisterHistory(TestRandom* random, const RandomRegisterOptions& options);

struct RandomAppendOptions {
  uint32_t transactions = 6;
  uint32_t concurrency = 3;
  uint32_t keys = 2;
  uint32_t crash_percent = 15;
  uint32_t fail_percent = 5;
  uint32_t spoilt = 1;
};

struct RandomSetOptions {
  uint32_t operations = 8;
  uint32_t concurrency = 3;
  uint32_t crash_percent = 15;
  uint32_t fail_percent = 5;
  uint32_t spoilt = 1;
};

/// Adds of few elements, some of them twice, and reads.
History RandomSetHistory(TestRandom* random, const RandomSetOptions& options);

History RandomAppendHistory(TestRandom* random, const RandomAppendOptions& options);

/// Adds from -4 to 4 and reads of a counter; `spoil`: some reads are off.
History RandomCounterHistory(TestRandom* random, bool spoil);

/// Enqueues, dequeues of any element, and drains; `spoil`: elements get lost, or are there twice;
/// `unique`: each is enqueued once.
History RandomQueueHistory(TestRandom* random, bool spoil, bool unique);

}  // namespace cleave
