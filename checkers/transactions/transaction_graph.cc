// See transaction_graph.h.
#include "checkers/transactions/transaction_graph.h"

#include <algorithm>
#include <numeric>

namespace cleave {

TransactionGraph::TransactionGraph(std::vector<Node> nodes, std::vector<Edge> edges)
    : nodes_(std::move(nodes)), begin_(nodes_.size() + 1, 0) {
  std::erase_if(edges, [](const Edge& e) { return e.from == e.to; });
  for (const Edge& e : edges) ++begin_[e.from + 1];
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  edges_.resize(edges.size());
  std::vector<uint32_t> next(begin_.begin(), begin_.end());
  for (const Edge& e : edges) edges_[next[e.from]++] = e;
}

bool TransactionGraph::Acyclic() {
  const uint32_t n = static_cast<uint32_t>(nodes_.size());
  std::vector<uint32_t> by_call(n), by_ret(n), indegree(n, 0), ready;
  std::iota(by_call.begin(), by_call.end(), 0);
  by_ret = by_call;
  std::sort(by_call.begin(), by_call.end(),
            [&](uint32_t a, uint32_t b) { return nodes_[a].call < nodes_[b].call; });
  std::sort(by_ret.begin(), by_ret.end(),
            [&](uint32_t a, uint32_t b) { return nodes_[a].ret < nodes_[b].ret; });
  for (const Edge& e : edges_) ++indegree[e.to];
  std::vector<bool> admitted(n, false), emitted(n, false);
  uint32_t call = 0, ret = 0, done = 0;
  for (;;) {
    while (ret < n && emitted[by_ret[ret]]) ++ret;
    const Position first_return = ret < n ? nodes_[by_ret[ret]].ret : kNever;
    // Whoever was called before the first return among the rest has no predecessor in real time.
    for (; call < n && nodes_[by_call[call]].call <= first_return; ++call) {
      admitted[by_call[call]] = true;
      if (indegree[by_call[call]] == 0) ready.push_back(by_call[call]);
    }
    if (ready.empty()) break;
    const uint32_t node = ready.back();
    ready.pop_back();
    emitted[node] = true;
    ++done;
    for (const Edge& e : Out(node)) {
      if (--indegree[e.to] == 0 && admitted[e.to]) ready.push_back(e.to);
    }
  }
  stuck_.clear();
  for (uint32_t i = 0; i < n; ++i) {
    if (!emitted[i]) stuck_.push_back(i);
  }
  return done == n;
}

}  // namespace cleave
