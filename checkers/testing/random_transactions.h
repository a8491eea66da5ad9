// Small random histories of transactions over registers, from a store that keeps all versions and
// reads as its level lets it: from the newest, from a snapshot, from the latest of each key at
// different times, or any version. So histories come from every isolation level, and from below
// all.
#pragma once

#include "checkers/testing/random_history.h"

namespace cleave {

struct RandomTransactionOptions {
  uint32_t transactions = 5;
  uint32_t sessions = 3;
  uint32_t keys = 2;
  uint32_t operations = 4;  // in a transaction, at most
  uint32_t crash_percent = 10;
  uint32_t fail_percent = 5;
  uint32_t spoilt = 0;  // answers that are replaced by any value, at most
};

/// Values of a key are written once. Half of the processes go on after a transaction of unknown
/// outcome.
History RandomTransactionHistory(TestRandom* random, const RandomTransactionOptions& options);

}  // namespace cleave
