// What a report draws of an anomaly between transactions: each with its micro-operations, and which
// of them makes one transaction depend on another.
#pragma once

#include <string>
#include <vector>

#include "checkers/no_index.h"
#include "checkers/transactions/transaction_columns.h"
#include "harness/history/json.h"

namespace cleave {

/// `from` and `to` are places among those that are pictured.
struct PictureEdge {
  uint32_t from, to;
  std::string type;                         // "ww", "wr", "rw", "process", "realtime"
  std::string text;                         // a sentence
  ValueId key = kNoValue;                   // its name, where there is one
  uint32_t from_op = kNone, to_op = kNone;  // among those of the transaction; kNone: it as a whole
};

/// A place for the state before all transactions.
inline constexpr uint32_t kInitialState = kNone;

/// {"transactions": [{"name": "T1", "event": 7, "process": 0, "operations": ["r x [1]", …]}, …],
///  "edges": [{"from": "T1", "to": "T2", "type": "rw", "key": "x", "from-op": 0, "to-op": 1,
///  "text": "…"}, …]}. `transactions` are indices into `columns`, or kInitialState. Reads that did
/// not return are left out, and numbers of operations do not count them.
Json DependencyPicture(const TransactionColumns& columns, const std::vector<uint32_t>& transactions,
                       const std::vector<PictureEdge>& edges);

/// The number of the first operation of a transaction that fits, or kNone.
template <class Fits>
uint32_t FirstOp(const TransactionColumns& columns, uint32_t transaction, Fits fits) {
  const auto mops = columns.MopsOf(transaction);
  for (uint32_t i = 0; i < mops.size(); ++i) {
    if (fits(mops[i])) return i;
  }
  return kNone;
}

}  // namespace cleave
