// See walk_graph.h.
#include "checkers/transactions/walk_graph.h"

#include <algorithm>
#include <deque>
#include <numeric>

#include "checkers/no_index.h"

namespace cleave {

WalkGraph::WalkGraph(size_t nodes, const std::vector<Edge>& unsorted)
    : edges(unsorted.size()), begin(nodes + 1, 0) {
  for (const Edge& e : unsorted) ++begin[e.from + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> next(begin.begin(), begin.end());
  for (const Edge& e : unsorted) edges[next[e.from]++] = e;
}

WalkComponents::WalkComponents(const WalkGraph& graph, Walk walk)
    : component(graph.size() * walk.layers(), kNone) {
  const auto n = static_cast<uint32_t>(graph.size());
  const auto states = static_cast<uint32_t>(component.size());
  // `at` is how far the edges of a state on the path have been followed; a state is on the stack as
  // long as it has an index and no component.
  std::vector<uint32_t> index(states, kNone), low(states, 0), at(states, 0), stack, path;
  uint32_t counter = 0;
  for (uint32_t root = 0; root < states; ++root) {
    if (index[root] != kNone) continue;
    path.push_back(root);
    while (!path.empty()) {
      const uint32_t v = path.back();
      if (index[v] == kNone) {
        index[v] = low[v] = counter++;
        stack.push_back(v);
      }
      bool descended = false;
      for (const auto out = graph.Out(v % n); at[v] < out.size(); ++at[v]) {
        const auto layer = walk.Next(v / n, out[at[v]].type);
        if (!layer) continue;
        const uint32_t w = out[at[v]].to + *layer * n;
        if (index[w] == kNone) {
          path.push_back(w);
          descended = true;
          break;
        }
        if (component[w] == kNone) low[v] = std::min(low[v], low[w]);
      }
      if (descended) continue;
      path.pop_back();
      if (low[v] != index[v]) continue;
      for (uint32_t w = kNone; w != v;) {
        w = stack.back();
        stack.pop_back();
        component[w] = count;
      }
      ++count;
    }
  }
}

namespace {

/// The edges of a type that lead up the condensation, against the walk, and are to be returned
/// from.
struct UpwardEdges {
  std::vector<Edge> edges;
  const WalkComponents& components;

  uint32_t Top(size_t i) const { return components.component[edges[i].to]; }
  uint32_t Bottom(size_t i) const { return components.component[edges[i].from]; }
};

/// One sweep for edges [first, last), at most 64, over the components between them.
void SweepDown(const WalkGraph& graph, Walk walk, const UpwardEdges& upward, size_t first,
               size_t last, const std::vector<uint32_t>& nodes, const std::vector<uint32_t>& begin,
               std::vector<uint64_t>* reached, std::vector<Edge>* returning,
               const CountSteps& step) {
  uint32_t top = 0, bottom = kNone;
  for (size_t i = first; i < last; ++i) {
    (*reached)[upward.Top(i)] |= uint64_t{1} << (i - first);
    top = std::max(top, upward.Top(i));
    bottom = std::min(bottom, upward.Bottom(i));
  }
  step(top - bottom);
  for (uint32_t c = top; c > bottom; --c) {
    const uint64_t bits = (*reached)[c];
    if (bits == 0) continue;
    for (uint32_t i = begin[c]; i < begin[c + 1]; ++i) {
      const auto out = graph.Out(nodes[i]);
      step(out.size());
      for (const Edge& e : out) {
        const uint32_t to = upward.components.component[e.to];
        if (walk.Takes(e.type) && to >= bottom) (*reached)[to] |= bits;
      }
    }
  }
  for (size_t i = first; i < last; ++i) {
    if (((*reached)[upward.Bottom(i)] >> (i - first) & 1) != 0)
      returning->push_back(upward.edges[i]);
  }
  std::fill(reached->begin() + bottom, reached->begin() + top + 1, 0);
}

}  // namespace

std::vector<Edge> ReturningEdges(const WalkGraph& graph, Walk walk, EdgeType type,
                                 const CountSteps& step) {
  walk.nonadjacent = false;
  const WalkComponents components(graph, walk);
  const std::vector<uint32_t>& component = components.component;
  std::vector<Edge> returning;
  UpwardEdges upward{{}, components};
  for (const Edge& e : graph.edges) {
    if (e.type != type) continue;
    if (component[e.from] == component[e.to]) returning.push_back(e);
    if (component[e.from] < component[e.to]) upward.edges.push_back(e);
  }
  if (!returning.empty() || upward.edges.empty()) return returning;
  std::sort(upward.edges.begin(), upward.edges.end(),
            [&](const Edge& a, const Edge& b) { return component[a.to] > component[b.to]; });
  std::vector<uint32_t> begin(components.count + 1, 0), nodes(graph.size());
  for (const uint32_t c : component) ++begin[c + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> next(begin.begin(), begin.end());
  for (uint32_t v = 0; v < graph.size(); ++v) nodes[next[component[v]]++] = v;
  std::vector<uint64_t> reached(components.count, 0);
  for (size_t i = 0; i < upward.edges.size() && returning.empty(); i += 64) {
    SweepDown(graph, walk, upward, i, std::min(i + 64, upward.edges.size()), nodes, begin, &reached,
              &returning, step);
  }
  return returning;
}

namespace {

constexpr uint64_t kStepsForShorter = 5'000'000;  // edges looked at beyond the first walk

/// Breadth first from behind a seed back to its source, over states; kThrough costs nothing.
class WayBack {
 public:
  WayBack(const WalkGraph& graph, Walk walk)
      : graph_(graph), walk_(walk), n_(static_cast<uint32_t>(graph.size())) {
    seen_.resize(n_ * walk.layers());
  }

  /// The whole walk, seed first; empty where none has fewer than `limit` edges.
  std::vector<Edge> From(const Edge& seed, uint32_t limit, const CountSteps& step,
                         uint64_t* steps) {
    ++round_;
    const uint32_t start = seed.to + (walk_.Next(0, seed.type).value_or(0)) * n_;
    std::deque<uint32_t> queue{start};
    seen_[start] = {round_, 0, false, kNone, {}};
    while (!queue.empty()) {
      const uint32_t state = queue.front();
      queue.pop_front();
      if (state == seed.from) return Path(seed, state);
      if (std::exchange(seen_[state].done, true)) continue;
      if (seen_[state].cost + 1 >= limit) return {};
      const auto out = graph_.Out(state % n_);
      *steps += out.size();
      step(out.size());
      for (const Edge& e : out) {
        const auto layer = walk_.Next(state / n_, e.type);
        if (layer) Reach(state, e, e.to + *layer * n_, &queue);
      }
    }
    return {};
  }

 private:
  struct Seen {
    uint32_t round = 0;
    uint32_t cost = 0;  // of the walk behind the seed
    bool done = false;
    uint32_t from = kNone;
    Edge via{};
  };

  void Reach(uint32_t state, const Edge& e, uint32_t next, std::deque<uint32_t>* queue) {
    const bool free = e.type == EdgeType::kThrough;
    const uint32_t cost = seen_[state].cost + (free ? 0 : 1);
    if (seen_[next].round == round_ && seen_[next].cost <= cost) return;
    seen_[next] = {round_, cost, false, state, e};
    free ? queue->push_front(next) : queue->push_back(next);
  }

  std::vector<Edge> Path(const Edge& seed, uint32_t state) const {
    std::vector<Edge> path;
    for (; seen_[state].from != kNone; state = seen_[state].from) path.push_back(seen_[state].via);
    path.push_back(seed);
    std::reverse(path.begin(), path.end());
    return path;
  }

  const WalkGraph& graph_;
  const Walk walk_;
  const uint32_t n_;
  uint32_t round_ = 0;
  std::vector<Seen> seen_;  // by state
};

uint32_t CostOf(const std::vector<Edge>& walk) {
  return static_cast<uint32_t>(std::count_if(
      walk.begin(), walk.end(), [](const Edge& e) { return e.type != EdgeType::kThrough; }));
}

}  // namespace

std::vector<Edge> ShortestClosedWalk(const WalkGraph& graph, Walk walk,
                                     const std::vector<Edge>& seeds, const CountSteps& step) {
  WayBack back(graph, walk);
  std::vector<Edge> best;
  uint64_t steps = 0;
  for (const Edge& seed : seeds) {
    const uint32_t limit = best.empty() ? kNone : CostOf(best);
    std::vector<Edge> found = back.From(seed, limit, step, &steps);
    if (!found.empty()) best = std::move(found);
    if (CostOf(best) == 2 || steps > kStepsForShorter) break;
  }
  return best;
}

}  // namespace cleave
