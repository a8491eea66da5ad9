// Brute force: slow, short, and written without a look at the engines that it judges. Only for
// tests, on histories of at most twenty operations or so.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace cleave {

/// Whether the operations with these indices, on one register, are linearizable: every subset of
/// the crashed ones, every order, remembering (done set, value). `initial` may be kNoValue for a
/// value that the history never mentions.
bool OracleLinearizable(const History& history, const std::vector<uint32_t>& operations,
                        ValueId initial);

/// The same for the whole history, key by key.
bool OracleLinearizable(const History& history, ValueId initial);

/// Whether a history of list-append transactions is strictly serializable: every order that
/// respects real time, executed; the second form looks only at the operations with these indices.
bool OracleStrictSerializable(const History& history);
bool OracleStrictSerializable(const History& history, const std::vector<uint32_t>& operations);

/// Whether adds and whole reads of one set are linearizable; the second form looks only at the
/// operations with these indices.
bool OracleSet(const History& history);
bool OracleSet(const History& history, const std::vector<uint32_t>& operations);

}  // namespace cleave
