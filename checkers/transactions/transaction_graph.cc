// See transaction_graph.h. Nothing here recurses: components are found with an explicit stack.
#include "checkers/transactions/transaction_graph.h"

#include <algorithm>
#include <deque>
#include <numeric>

#include "checkers/no_index.h"

namespace cleave {
namespace {}  // namespace

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

std::vector<std::vector<uint32_t>> TransactionGraph::Components() const {
  // Tarjan 1972; `at` is how far the edges of a node on the path have been followed.
  std::vector<std::vector<uint32_t>> components;
  std::vector<uint32_t> index(nodes_.size(), kNone), low(nodes_.size(), 0), at(nodes_.size(), 0);
  std::vector<bool> on_stack(nodes_.size(), false), inside(nodes_.size(), false);
  std::vector<uint32_t> stack, path;
  for (const uint32_t i : stuck_) inside[i] = true;
  uint32_t counter = 0;
  for (const uint32_t root : stuck_) {
    if (index[root] != kNone) continue;
    path.push_back(root);
    while (!path.empty()) {
      const uint32_t v = path.back();
      if (index[v] == kNone) {
        index[v] = low[v] = counter++;
        stack.push_back(v);
        on_stack[v] = true;
      }
      bool descended = false;
      for (const auto out = Out(v); at[v] < out.size();) {
        const uint32_t w = out[at[v]].to;
        if (inside[w] && index[w] == kNone) {
          path.push_back(w);
          descended = true;
          break;
        }
        if (inside[w] && on_stack[w]) low[v] = std::min(low[v], low[w]);
        ++at[v];
      }
      if (descended) continue;
      path.pop_back();
      if (low[v] != index[v]) continue;
      std::vector<uint32_t> component;
      for (uint32_t w = kNone; w != v;) {
        w = stack.back();
        stack.pop_back();
        on_stack[w] = false;
        component.push_back(w);
      }
      if (component.size() > 1) components.push_back(std::move(component));
    }
  }
  return components;
}

std::optional<std::vector<Edge>> TransactionGraph::ShortestCycle(std::span<const uint32_t> starts,
                                                                 const std::vector<bool>& inside,
                                                                 bool wr, int rw, bool real_time,
                                                                 uint64_t* budget) const {
  // Breadth first over (node, kRw edges used); with any number allowed there is one layer.
  const uint32_t layers = rw > 0 ? static_cast<uint32_t>(rw) + 1 : 1;
  const size_t n = nodes_.size();
  std::vector<uint32_t> by_call;
  if (real_time) {
    for (uint32_t i = 0; i < n; ++i) {
      if (inside[i]) by_call.push_back(i);
    }
    std::sort(by_call.begin(), by_call.end(),
              [&](uint32_t a, uint32_t b) { return nodes_[a].call < nodes_[b].call; });
  }
  std::optional<std::vector<Edge>> best;
  std::vector<Edge> via(n * layers);
  std::vector<uint32_t> seen(n * layers, kNone), from(n * layers, 0), depth(n * layers, 0);
  for (uint32_t round = 0; round < starts.size() && *budget > 0; ++round) {
    const uint32_t start = starts[round];
    std::deque<uint32_t> queue{start};
    std::vector<size_t> limit(layers, by_call.size());  // real time has led to all behind it
    uint32_t closed = kNone;  // the state from which an edge leads to start
    Edge closing{};
    seen[start] = round;
    depth[start] = 0;
    const auto reach = [&](uint32_t state, const Edge& e, uint32_t layer) {
      if (e.to == start) {
        if (closed == kNone) closed = state, closing = e;
        return;
      }
      const uint32_t next = e.to + layer * static_cast<uint32_t>(n);
      if (seen[next] == round) return;
      seen[next] = round;
      from[next] = state;
      via[next] = e;
      depth[next] = depth[state] + 1;
      queue.push_back(next);
    };
    while (!queue.empty() && closed == kNone && *budget > 0) {
      const uint32_t state = queue.front();
      queue.pop_front();
      if (best && depth[state] + 1 >= best->size()) break;
      const uint32_t node = state % static_cast<uint32_t>(n),
                     layer = state / static_cast<uint32_t>(n);
      for (const Edge& e : Out(node)) {
        *budget -= *budget > 0;
        if (!inside[e.to] || (e.type == EdgeType::kWr && !wr)) continue;
        if (e.type == EdgeType::kRw && (rw == 0 || (rw > 0 && layer + 1 == layers))) continue;
        reach(state, e, layer + (e.type == EdgeType::kRw && rw > 0 ? 1 : 0));
      }
      size_t& end = limit[layer];
      while (real_time && end > 0 && nodes_[by_call[end - 1]].call > nodes_[node].ret) {
        *budget -= *budget > 0;
        reach(state, {node, by_call[--end], EdgeType::kRt}, layer);
      }
      // The start was passed over by an earlier node's real time only if that closed a cycle.
    }
    if (closed == kNone) continue;
    std::vector<Edge> cycle{closing};
    for (uint32_t state = closed; state != start; state = from[state]) cycle.push_back(via[state]);
    std::reverse(cycle.begin(), cycle.end());
    if (!best || cycle.size() < best->size()) best = std::move(cycle);
    if (best->size() == 2) break;
  }
  return best;
}

std::vector<std::vector<Edge>> TransactionGraph::RealTimePairs(size_t most, uint64_t* count) const {
  std::vector<std::vector<Edge>> pairs;
  for (const Edge& e : edges_) {
    if (nodes_[e.to].ret >= nodes_[e.from].call) continue;
    ++*count;
    if (pairs.size() < most) pairs.push_back({e, {e.to, e.from, EdgeType::kRt}});
  }
  return pairs;
}

}  // namespace cleave
