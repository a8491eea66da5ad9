// Comments: a write that is visible although an earlier, acknowledged one is not.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Writes of unique ids, and reads of all ids of a key. A read that shows a write shows every write
/// that was acknowledged before that one was called. After CockroachDB's comments test (Jepsen's
/// causal-reverse); forbidden by strict serializability, allowed by serializability. Exact for that
/// question. Unknown without a read that saw something. O(events + elements of all reads).
CheckResult CheckComments(const History& history, const CheckOptions& options);

}  // namespace cleave
