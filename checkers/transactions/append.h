// List-append transactions: strict serializability, with the anomalies' names of Adya and of Elle
// (Kingsbury & Alvaro, "Elle: inferring isolation anomalies from experimental observations", VLDB
// 2020).
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Transactions are lists of ["append", key, element] and ["r", key, elements or null]; elements
/// are unique per key. A read shows the whole version history of its key, so the version order is
/// known and the answer exact: valid means that an order exists which explains all and respects
/// real time. A transaction of unknown outcome is taken to have happened if any of its appends was
/// seen. Unknown where elements repeat on a key, nothing was read or a bound of `options` was
/// reached. O(elements of all distinct reads + transactions).
CheckResult CheckAppend(const History& history, const CheckOptions& options);

}  // namespace cleave
