// Random transactions of micro-operations over a pool of keys that retire and are renewed: what
// append and wr have in common (Elle, Kingsbury & Alvaro, VLDB 2020).
#pragma once

#include <string>

#include "harness/run/workload.h"

namespace cleave {

/// ["r", key, null], ["w", key, value]; value null for a read.
Json MicroOp(const char* f, int64_t key, Json value);

/// "txn" of 1 to options.max_txn_length micro-operations, half of them reads, half `write`s
/// ("append" or "w"), over the interface `name`. A key that was written ops_per_key times retires
/// and a new one takes its place. No value is ever written twice to a key. In the end every client
/// reads the latest keys. Checkers are left to the caller.
Workload TransactionWorkload(const WorkloadOptions& options, const char* name, const char* write);

}  // namespace cleave
