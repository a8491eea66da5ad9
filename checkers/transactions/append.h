// List-append transactions, judged by consistency models, with the anomalies' names of Adya and of
// Elle (Kingsbury & Alvaro, "Elle: inferring isolation anomalies from experimental observations",
// VLDB 2020).
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Transactions are lists of ["append", key, element] and ["r", key, elements or null]; elements
/// are unique per key. A read shows the whole version history of its key, so the version order is
/// known, but for appends that nobody saw. Invalid exactly if an anomaly was found that one of
/// `options.consistency_models` proscribes or `options.anomalies` names; valid means that all of
/// them hold: for strict serializability, that an order exists which explains all and respects
/// real time. A transaction of unknown outcome is taken to have happened if any of its appends was
/// seen. Unknown where elements repeat on a key, nothing was read, a model asks for more than such
/// a history tells, or a bound of `options` was reached.
/// O(elements of all distinct reads + transactions log transactions) where it is strictly
/// serializable; then linear in the transactions that could not be ordered, but for G-single where
/// the ways back are long (see ReturningEdges).
CheckResult CheckAppend(const History& history, const CheckOptions& options);

}  // namespace cleave
