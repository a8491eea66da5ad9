// A causal register: one session reads and writes a key, and sees its own past.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Per key the operations of one session, one after the other (Jepsen: read-init, write 1, read,
/// write 2, read), initially 0. A read returns the last value, or that of a write of unknown
/// outcome that was not seen yet. A read of null says nothing. After Jepsen's causal test, without
/// its positions and links. Exact for that question. Unknown where nothing was read, or where
/// operations on a key overlap. O(operations), as sessions are short.
CheckResult CheckCausal(const History& history, const CheckOptions& options);

}  // namespace cleave
