// Monotonic inserts: values that a store stamps with its clock grow in the order of their stamps.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// `add` is acknowledged with its row, `read` returns all rows in the order of their stamps; a row
/// is
/// {"val", "sts", "proc", "node", "tb"} or [val, sts, proc, node, tb], all but the first two
/// optional. In each read stamps do not fall and values rise, over all and per process; nothing
/// acknowledged is lost, nothing comes twice, nothing that failed is there. After CockroachDB's
/// monotonic test, all reads of it. Exact for that question. Unknown without a read of a row.
/// O(rows of all reads).
CheckResult CheckMonotonic(const History& history, const CheckOptions& options);

}  // namespace cleave
