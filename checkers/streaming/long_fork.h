// Long fork: writes of different keys that two reads of the same keys see in opposite order.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Transactions that only read, [["r", key, value]…], or write one key, [["w", key, value]], each
/// key once. Of reads of the same keys one must see all that the other sees. After Jepsen's
/// long-fork; forbidden by snapshot isolation, allowed by its parallel kind. Exact for that
/// question. Unknown where no two reads can be compared, a key is written twice, or a read does not
/// name `group_size` keys. O(reads log reads) keys.
CheckResult CheckLongFork(const History& history, const CheckOptions& options);

}  // namespace cleave
