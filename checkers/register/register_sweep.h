// The keys of a history that are linearizable registers, told in one pass over all of them: the
// zones of register_zones.h for reads and writes alone, without the operations of each key being
// gathered first. It only ever says "linearizable"; what it does not decide has to be judged apart.
#pragma once

#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// What the pass learned of one key.
struct SweptKey {
  bool used = false;         // the history has operations on it
  bool decided = false;      // it is linearizable, and the figures below are true
  uint32_t operations = 0;   // that constrain it
  uint32_t concurrency = 0;  // most operations open at once, crashed ones left out
};

/// Indexed by KeyId, with one more for what has no key. A key is decided where it is linearizable
/// and has only reads and writes (get, put) of values that no other write of the history makes.
/// O(operations + values) time, cache-friendly: everything is visited in about the order of events;
/// 12 B a value and 4 B an event.
std::vector<SweptKey> SweepRegisters(const History& history, ValueId initial);

}  // namespace cleave
