// Binary and JSON formats of transactions by session.
//
// dbcop (Biswas & Enea): JSON, either {"params": …, "data": SESSIONS} or SESSIONS, an array of
// arrays of {"events": [EVENT…], "committed": BOOL}, with {"Read": {"variable": V, "version": N}},
// "Write" likewise, or ["r", V, N], ["w", V, N]; and the history.bincode of its first version,
// which Plume, PolySI and AWDIT read: little-endian 64-bit numbers, bytes for booleans, lengths
// before what repeats. Version null, and 0 unless it is written, are the initial state.
//
// Cobra (Tan et al., OSDI 2020): a log of each session, big-endian: S ID; R WRITER WRITE KEY HASH;
// W WRITE KEY HASH; C ID. Values are the numbers of writes.
#pragma once

#include <cstddef>

#include "harness/history/session_transactions.h"

namespace cleave {

/// `lines` lie before what is pending. Holds all of the text.
void ReadDbcop(TextSource* source, size_t lines, EventCollector* collector);

/// Adds the session of one log.
void ReadCobraLog(TextSource* source, EventCollector* collector, SessionTransactions* out);

}  // namespace cleave
