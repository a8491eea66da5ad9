// See cycle_search.h. All of it on what Kahn's algorithm left over, with real time drawn as a chain
// of returns.
#include "checkers/transactions/cycle_search.h"

#include <algorithm>
#include <map>

#include "checkers/no_index.h"

namespace cleave {
namespace {

constexpr CycleOrder kOrders[] = {CycleOrder::kNone, CycleOrder::kProcess, CycleOrder::kRealtime};
constexpr CycleKind kKinds[] = {CycleKind::kG0, CycleKind::kG1c, CycleKind::kSingle,
                                CycleKind::kNonadjacent, CycleKind::kG2};

/// Steps that a closed walk of the kind may take. The one kRw of kSingle is its seed.
Walk WalkOf(CycleClass cycle) {
  Walk walk{Walk::Bit(EdgeType::kWw), cycle.kind == CycleKind::kNonadjacent};
  if (cycle.kind >= CycleKind::kG1c) walk.types |= Walk::Bit(EdgeType::kWr);
  if (cycle.kind >= CycleKind::kSingle) walk.types |= Walk::Bit(EdgeType::kUpdate);
  if (cycle.kind >= CycleKind::kNonadjacent) walk.types |= Walk::Bit(EdgeType::kRw);
  if (cycle.order == CycleOrder::kProcess) walk.types |= Walk::Bit(EdgeType::kProcess);
  if (cycle.order == CycleOrder::kRealtime) walk.types |= Walk::Bit(EdgeType::kRt);
  return walk;
}

/// Edges on closed walks of the class, each of which makes it this class and no plainer one.
std::vector<Edge> Seeds(const WalkGraph& graph, CycleClass cycle, const CountSteps& step) {
  const Walk walk = WalkOf(cycle);
  step(graph.edges.size());
  if (cycle.kind == CycleKind::kSingle) {
    std::vector<Edge> updates = ReturningEdges(graph, walk, EdgeType::kUpdate, step);
    return updates.empty() ? ReturningEdges(graph, walk, EdgeType::kRw, step) : updates;
  }
  const EdgeType type = cycle.kind == CycleKind::kG0    ? EdgeType::kWw
                        : cycle.kind == CycleKind::kG1c ? EdgeType::kWr
                                                        : EdgeType::kRw;
  const std::vector<uint32_t> component = WalkComponents(graph, walk).component;
  const size_t behind = walk.nonadjacent && type == EdgeType::kRw ? graph.size() : 0;
  std::vector<Edge> seeds;
  for (const Edge& e : graph.edges) {
    if (e.type == type && component[e.from] == component[e.to + behind]) seeds.push_back(e);
  }
  return seeds;
}

/// A subgraph and what its nodes are called outside; kNone for those of the chain of returns.
struct NamedGraph {
  WalkGraph graph;
  std::vector<uint32_t> names;
};

/// What could not be put in order: dependencies, processes, and real time as a chain, which has a
/// node for each return. A transaction leads to its own, and the last one before a call to the
/// called.
NamedGraph StuckGraph(const TransactionGraph& graph, const std::vector<Edge>& process) {
  std::vector<uint32_t> names = graph.Stuck(), number(graph.size(), kNone), returns;
  for (uint32_t i = 0; i < names.size(); ++i) number[names[i]] = i;
  for (uint32_t i = 0; i < names.size(); ++i) {
    if (graph.node(names[i]).ret != kNever) returns.push_back(i);
  }
  const auto ret = [&](uint32_t i) { return graph.node(names[i]).ret; };
  std::sort(returns.begin(), returns.end(),
            [&](uint32_t a, uint32_t b) { return ret(a) < ret(b); });
  std::vector<Edge> edges;
  const auto add = [&](Edge e) {
    e.from = number[e.from];
    e.to = number[e.to];
    if (e.from != kNone && e.to != kNone) edges.push_back(e);
  };
  for (const uint32_t node : names) {
    for (const Edge& e : graph.Out(node)) add(e);
  }
  for (const Edge& e : process) add(e);
  const auto first = static_cast<uint32_t>(names.size());
  for (uint32_t r = 0; r < returns.size(); ++r) {
    edges.push_back({returns[r], first + r, EdgeType::kRt});
    if (r > 0) edges.push_back({first + r - 1, first + r, EdgeType::kThrough});
  }
  for (uint32_t i = 0; i < first; ++i) {
    const Position call = graph.node(names[i]).call;
    const auto before = std::partition_point(returns.begin(), returns.end(),
                                             [&](uint32_t r) { return ret(r) < call; });
    if (before == returns.begin()) continue;
    const auto last = static_cast<uint32_t>(before - returns.begin()) - 1;
    edges.push_back({first + last, i, EdgeType::kThrough});
  }
  names.resize(first + returns.size(), kNone);
  return {WalkGraph(names.size(), edges), std::move(names)};
}

/// Its components of more than one node.
std::vector<NamedGraph> Split(const NamedGraph& whole) {
  const WalkComponents all(whole.graph, WalkOf({CycleKind::kG2, CycleOrder::kRealtime}));
  std::vector<uint32_t> sizes(all.count, 0), place(whole.names.size());
  for (uint32_t v = 0; v < place.size(); ++v) place[v] = sizes[all.component[v]]++;
  std::map<uint32_t, std::pair<std::vector<uint32_t>, std::vector<Edge>>> parts;
  for (uint32_t v = 0; v < place.size(); ++v) {
    const uint32_t c = all.component[v];
    if (sizes[c] == 1) continue;
    auto& [names, edges] = parts[c];
    names.push_back(whole.names[v]);
    for (Edge e : whole.graph.Out(v)) {
      if (all.component[e.to] != c) continue;
      e.from = place[v];
      e.to = place[e.to];
      edges.push_back(e);
    }
  }
  std::vector<NamedGraph> components;
  for (auto& [c, part] : parts) {
    const size_t nodes = part.first.size();
    components.push_back({WalkGraph(nodes, part.second), std::move(part.first)});
  }
  return components;
}

/// Edges over the graph's own nodes, rotated so that none begins in a node that has no name; one
/// order of time behind another is one edge.
std::vector<Edge> Named(std::vector<Edge> cycle, const std::vector<uint32_t>& names) {
  const auto time = [](const Edge& e) {
    return e.type == EdgeType::kProcess || e.type == EdgeType::kRt;
  };
  const auto begins = [&](const Edge& e) { return e.type != EdgeType::kThrough && !time(e); };
  std::rotate(cycle.begin(), std::find_if(cycle.begin(), cycle.end(), begins), cycle.end());
  std::vector<Edge> whole;
  for (const Edge& e : cycle) {
    const uint32_t to = names[e.to];
    if (e.type == EdgeType::kThrough) {
      whole.back().to = to;
      if (whole.back().type == EdgeType::kRw) whole.back().b = e.b;
    } else if (time(e) && !whole.empty() && time(whole.back())) {
      whole.back().to = to;
      if (e.type == EdgeType::kRt) whole.back().type = EdgeType::kRt;
    } else {
      whole.push_back(e);
      whole.back().from = names[e.from];
      whole.back().to = to;
    }
  }
  return whole;
}

/// Whether some order of each group leaves no closed walk of kNonadjacent: two are tried, by where
/// the walks pass first. With it there is none of kSingle either.
bool Orderable(const WalkGraph& graph, CycleOrder order,
               const std::vector<std::vector<uint32_t>>& groups) {
  const Walk walk = WalkOf({CycleKind::kNonadjacent, order});
  const WalkComponents components(graph, walk);
  for (const size_t layer : {graph.size(), size_t{0}}) {
    std::vector<Edge> edges = graph.edges;
    for (std::vector<uint32_t> group : groups) {
      std::sort(group.begin(), group.end(), [&](uint32_t a, uint32_t b) {
        return components.component[a + layer] > components.component[b + layer];
      });
      for (size_t i = 1; i < group.size(); ++i)
        edges.push_back({group[i - 1], group[i], EdgeType::kWw});
    }
    if (!WalkComponents(WalkGraph(graph.size(), edges), walk).Closed()) return true;
  }
  return false;
}

/// One component: what is there, in closure under implication.
class ComponentClasses {
 public:
  ComponentClasses(const WalkGraph& graph, const CountSteps& step) : graph_(graph), step_(step) {}

  /// Calls `found` with each class that no other implies, and its seeds.
  template <class Found>
  void Run(const Found& found) {
    for (const CycleOrder order : kOrders) {
      const size_t o = static_cast<size_t>(order);
      step_(graph_.edges.size());
      if (!WalkComponents(graph_, WalkOf({CycleKind::kG2, order})).Closed()) continue;
      for (const CycleKind kind : kKinds) {
        if (Implied(kind, o)) {
          At(kind, o) = true;
          continue;
        }
        const std::vector<Edge> seeds = Seeds(graph_, {kind, order}, step_);
        At(kind, o) = !seeds.empty();
        if (!seeds.empty()) found(CycleClass{kind, order}, seeds);
      }
    }
  }

  bool Has(CycleKind kind, CycleOrder order) { return At(kind, static_cast<size_t>(order)); }

 private:
  bool& At(CycleKind kind, size_t order) { return has_[static_cast<size_t>(kind)][order]; }
  bool Implied(CycleKind kind, size_t order) {
    if (order > 0 && At(kind, order - 1)) return true;
    switch (kind) {
      case CycleKind::kG1c: return At(CycleKind::kG0, order);
      case CycleKind::kNonadjacent: return At(CycleKind::kSingle, order);
      case CycleKind::kG2: return At(CycleKind::kNonadjacent, order);
      case CycleKind::kG0:
      case CycleKind::kSingle: break;
    }
    return false;
  }

  const WalkGraph& graph_;
  const CountSteps& step_;
  bool has_[kCycleKinds][kCycleOrders] = {};
};

}  // namespace

std::string CycleName(CycleClass cycle, bool item) {
  constexpr const char* kNames[] = {"G0", "G1c", "G-single", "G-nonadjacent", "G2-item"};
  constexpr const char* kItems[] = {"G0", "G1c", "G-single-item", "G-nonadjacent-item", "G2-item"};
  constexpr const char* kSuffixes[] = {"", "-process", "-realtime"};
  return std::string((item ? kItems : kNames)[static_cast<size_t>(cycle.kind)]) +
         kSuffixes[static_cast<size_t>(cycle.order)];
}

CycleSearch::CycleSearch(const TransactionGraph& graph, std::vector<Edge> process,
                         std::vector<std::vector<uint32_t>> unordered, CountSteps step)
    : graph_(graph),
      process_(std::move(process)),
      unordered_(std::move(unordered)),
      step_(std::move(step)) {}

void CycleSearch::Run(const std::function<void(CycleClass, const Evidence&)>& found) {
  std::vector<uint32_t> place(graph_.size(), kNone);
  for (const NamedGraph& part : Split(StuckGraph(graph_, process_))) {
    const auto& graph = part.graph;
    const auto& names = part.names;
    ComponentClasses classes(graph, step_);
    classes.Run([&](CycleClass cycle, const std::vector<Edge>& seeds) {
      found(cycle,
            [&] { return Named(ShortestClosedWalk(graph, WalkOf(cycle), seeds, step_), names); });
    });
    for (const CycleOrder order : kOrders) {
      if (!classes.Has(CycleKind::kG2, order) || classes.Has(CycleKind::kSingle, order)) continue;
      const auto groups = GroupsInside(names, &place);
      if (groups.empty()) break;
      const size_t o = static_cast<size_t>(order);
      const bool nonadjacent = classes.Has(CycleKind::kNonadjacent, order);
      if (!nonadjacent && Orderable(graph, order, groups)) continue;
      unsettled_[static_cast<size_t>(CycleKind::kSingle)][o] = true;
      unsettled_[static_cast<size_t>(CycleKind::kNonadjacent)][o] |= !nonadjacent;
    }
  }
}

std::vector<std::vector<uint32_t>> CycleSearch::GroupsInside(const std::vector<uint32_t>& names,
                                                             std::vector<uint32_t>* place) const {
  for (uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] != kNone) (*place)[names[i]] = i;
  }
  std::vector<std::vector<uint32_t>> groups;
  for (const std::vector<uint32_t>& group : unordered_) {
    step_(group.size());
    std::vector<uint32_t> inside;
    for (const uint32_t node : group) {
      if ((*place)[node] != kNone) inside.push_back((*place)[node]);
    }
    if (inside.size() > 1) groups.push_back(std::move(inside));
  }
  for (const uint32_t name : names) {
    if (name != kNone) (*place)[name] = kNone;
  }
  return groups;
}

}  // namespace cleave
