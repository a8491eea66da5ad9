// Small random histories of one object, for comparing fast paths with brute force: a real object
// under a random schedule, with crashes and a few answers spoilt.
#pragma once

#include <memory>

#include "checkers/object/object_oracle.h"
#include "checkers/testing/random_history.h"

namespace cleave {

struct RandomObjectOptions {
  OracleObject kind = OracleObject::kQueue;
  uint32_t operations = 8;
  uint32_t concurrency = 3;
  uint32_t crash_percent = 10;
  uint32_t fail_percent = 10;  // operations that did not happen, and so are not in the history
  uint32_t spoilt = 1;         // effects or answers that are wrong, at most
  uint32_t odd_percent = 0;    // histories with something that no path knows: a value twice, …
  uint32_t jumbled =
      0;  // neighbouring events that change places: other crossings, other concurrency
  uint32_t permits = 1;
  bool down = false;  // counters go down
};

/// An object's operations and what they point to.
struct OwnedObject {
  std::unique_ptr<History> history;
  ObjectHistory object;
};

OwnedObject RandomObject(TestRandom* random, const RandomObjectOptions& options);

}  // namespace cleave
