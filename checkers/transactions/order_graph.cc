// See order_graph.h. Nothing here recurses.
#include "checkers/transactions/order_graph.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <queue>

#include "checkers/no_index.h"

namespace cleave {

OrderGraph::Rows::Rows(std::vector<OrderEdge> all, uint32_t nodes) : begin(nodes + 1, 0) {
  for (const OrderEdge& e : all) ++begin[e.from + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  edges.resize(all.size());
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for (const OrderEdge& e : all) edges[next[e.from]++] = e;
}

std::vector<uint32_t> OrderGraph::Sorted(std::span<const uint32_t> priority) const {
  std::vector<uint32_t> indegree(nodes_, 0), order;
  for (const OrderEdge& e : certain_.edges) ++indegree[e.to];
  for (const OrderEdge& e : chosen_.edges) ++indegree[e.to];
  using Entry = std::pair<uint32_t, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (uint32_t v = 0; v < nodes_; ++v) {
    if (indegree[v] == 0) ready.emplace(priority[v], v);
  }
  order.reserve(nodes_);
  while (!ready.empty()) {
    const uint32_t v = ready.top().second;
    ready.pop();
    order.push_back(v);
    ForEachOut(v, [&](const OrderEdge& e) {
      if (--indegree[e.to] == 0) ready.emplace(priority[e.to], e.to);
    });
  }
  return order;
}

// Tarjan 1972.
std::vector<uint32_t> OrderGraph::Components() const {
  std::vector<uint32_t> component(nodes_, kNone), index(nodes_, kNone), low(nodes_, 0),
      at(nodes_, 0), stack, path;
  std::vector<bool> on_stack(nodes_, false);
  uint32_t counter = 0, components = 0;
  for (uint32_t root = 0; root < nodes_; ++root) {
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
      for (const uint32_t degree = OutDegree(v); at[v] < degree;) {
        const uint32_t w = Out(v, at[v]).to;
        if (index[w] == kNone) {
          path.push_back(w);
          descended = true;
          break;
        }
        if (on_stack[w]) low[v] = std::min(low[v], low[w]);
        ++at[v];
      }
      if (descended) continue;
      path.pop_back();
      if (low[v] != index[v]) continue;
      const bool alone = stack.back() == v;
      for (uint32_t w = kNone; w != v;) {
        w = stack.back();
        stack.pop_back();
        on_stack[w] = false;
        if (!alone) component[w] = components;
      }
      components += !alone;
    }
  }
  return component;
}

// Certain edges cost nothing: 0-1 breadth-first search.
std::vector<OrderEdge> OrderGraph::CycleThrough(const OrderEdge& edge,
                                                std::span<const uint32_t> components) const {
  reached_.resize(nodes_);
  ++round_;
  struct Waiting {
    uint32_t node, choices;
  };
  std::deque<Waiting> queue{{edge.to, 0}};
  reached_[edge.to] = {round_, 0, {}};
  while (!queue.empty() && queue.front().node != edge.from) {
    const Waiting now = queue.front();
    queue.pop_front();
    if (reached_[now.node].choices < now.choices) continue;
    ForEachOut(now.node, [&](const OrderEdge& e) {
      if (components[e.to] != components[edge.to]) return;
      const uint32_t choices = now.choices + (e.choice != 0);
      Reached& there = reached_[e.to];
      if (there.round == round_ && there.choices <= choices) return;
      there = {round_, choices, e};
      e.choice == 0 ? queue.push_front({e.to, choices}) : queue.push_back({e.to, choices});
    });
  }
  std::vector<OrderEdge> cycle{edge};
  for (uint32_t v = edge.from; v != edge.to; v = reached_[v].via.from) {
    cycle.push_back(reached_[v].via);
  }
  std::reverse(cycle.begin() + 1, cycle.end());
  return cycle;
}

}  // namespace cleave
