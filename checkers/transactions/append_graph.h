// The dependencies between list-append transactions.
#pragma once

#include "checkers/transactions/append_history.h"
#include "checkers/transactions/transaction_graph.h"

namespace cleave {

struct AppendGraph {
  /// Node numbers are transactions; behind them one node a key, standing for "the end of its list".
  TransactionGraph graph;
  /// By key where there are at least two: transactions of appends that nobody saw, whose order is
  /// not known.
  std::vector<std::vector<uint32_t>> unordered;
};

/// From a history whose observations were checked. A cycle of edges and real time is there exactly
/// if no order of the transactions that happened explains what was read. Throws OutOfTime.
/// O(elements of distinct reads + micro-operations).
AppendGraph BuildAppendGraph(const AppendHistory& appends);

/// Edges between the consecutive transactions of each process that happened. A transaction of
/// unknown outcome is its process's last: what goes on under that number is another client.
std::vector<Edge> ProcessEdges(const AppendHistory& appends);

/// The most that the graph takes, in bytes: an append or a read has three edges at most, kept twice
/// while they are sorted.
uint64_t AppendGraphMemory(const AppendHistory& appends);

}  // namespace cleave
