// Transactions over registers: strict serializability and the levels below, where nobody says in
// which order versions came.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Judges options.consistency_models: strict-serializable unless others are asked for, of
/// strong-session- and plain serializable, the same of snapshot-isolation, strong-session- and
/// plain parallel-snapshot-isolation, prefix, read-atomic and read-committed, causal and
/// causal-cerone; others hold where a stronger one does, and are unknown elsewhere. A
/// process is a session, whose order strict, strong and strong-session- models and causal keep.
/// Transactions are lists of ["w", key, value] and ["r", key, value or null]; values are unique per
/// key, and null is what was there before any write. Valid means that an order exists which
/// explains all and respects real time: not what can be inferred from a guess at the order of
/// versions, but all orders are considered (isolation_order.h). A transaction of unknown outcome is
/// taken to have happened if a write of it was seen. Unknown where values repeat on a key, nothing
/// was read or a bound of `options` was reached. A violation is told what holds all the same.
CheckResult CheckRwRegister(const History& history, const CheckOptions& options);

}  // namespace cleave
