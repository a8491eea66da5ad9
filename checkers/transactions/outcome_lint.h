// A look at the history of transactions itself, before a store is blamed: retries that nobody
// recorded, values that were written twice, errors that were called definite and were not.
#pragma once

#include "checkers/transactions/transaction_columns.h"
#include "harness/history/verdict.h"

namespace cleave {

/// Adds to result->data["lint"] what was found, an array of
/// {"name": …, "text": sentences, "operations": indices of invocations, the first few}:
///
///   repeated-write  one operation writes the same value to a key twice
///   retry           an operation of unknown outcome was sent again as one of its own
///   repeated-value  other transactions that write the same value to a key
///   doubled         elements that lists show twice, although they were appended once
///   definite-error  failed transactions whose writes were read, by error: wrongly called failed,
///   or
///                   a dirty read (G1a)
///
/// Each says what speaks for the client and what for the store. Nothing is added where nothing was
/// found, or the columns' deadline is over. O(micro-operations + elements of distinct reads).
void LintOutcomes(const TransactionColumns& columns, CheckResult* result);

}  // namespace cleave
