// The dependencies between list-append transactions.
#pragma once

#include "checkers/transactions/append_history.h"
#include "checkers/transactions/append_order.h"
#include "checkers/transactions/transaction_graph.h"

namespace cleave {

struct AppendGraph {
  TransactionGraph graph;
  /// By node: the transaction; behind them nodes of keys, each standing for "the end of its list".
  std::vector<uint32_t> transactions;
  /// Edges between the consecutive transactions of each process that happened. A transaction of
  /// unknown outcome is its process's last: what goes on under that number is another client.
  std::vector<Edge> process;
  /// By key where there are at least two: nodes of appends that nobody saw, whose order is not
  /// known.
  std::vector<std::vector<uint32_t>> unordered;
};

/// The edges among `nodes`, some of those of an AppendOrder. A cycle of edges and real time is
/// there exactly if no order of these transactions explains what was read. Throws OutOfTime.
/// O(transactions + micro-operations of `nodes` + elements of their keys' longest lists).
AppendGraph BuildAppendGraph(const AppendHistory& appends, const AppendOrder& order,
                             const std::vector<uint32_t>& nodes);

}  // namespace cleave
