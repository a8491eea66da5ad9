// See cycle_oracle.h. Written without a look at the searches that it judges.
#include "checkers/testing/cycle_oracle.h"

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>

#include "checkers/no_index.h"

namespace cleave {
namespace {

/// What is remembered of a walk.
struct WalkSoFar {
  uint32_t at;
  int rw = 0;  // 2 stands for more
  bool first_rw = false, last_rw = false, adjacent = false;
  bool wr = false, update = false, process = false, real_time = false;

  auto Tie() const {
    return std::tie(at, rw, first_rw, last_rw, adjacent, wr, update, process, real_time);
  }
  bool operator<(const WalkSoFar& other) const { return Tie() < other.Tie(); }

  WalkSoFar With(const Edge& e, bool first) const {
    WalkSoFar next = *this;
    next.at = e.to;
    const bool is_rw = e.type == EdgeType::kRw;
    next.rw = std::min(2, rw + is_rw);
    next.adjacent |= is_rw && last_rw;
    next.last_rw = is_rw;
    if (first) next.first_rw = is_rw;
    next.wr |= e.type == EdgeType::kWr;
    next.update |= e.type == EdgeType::kUpdate;
    next.process |= e.type == EdgeType::kProcess;
    next.real_time |= e.type == EdgeType::kRt;
    return next;
  }

  std::string Name() const {
    std::string name = wr ? "G1c" : "G0";
    if (rw == 1 || (rw == 0 && update)) name = "G-single-item";
    if (rw > 1) name = adjacent || (first_rw && last_rw) ? "G2-item" : "G-nonadjacent-item";
    return name + (real_time ? "-realtime" : process ? "-process" : "");
  }
};

void WalksFrom(uint32_t start, const std::vector<std::vector<Edge>>& out, NameSet* names) {
  std::set<WalkSoFar> known;
  std::deque<std::pair<WalkSoFar, bool>> queue{{WalkSoFar{start}, true}};
  while (!queue.empty()) {
    const auto [walk, first] = queue.front();
    queue.pop_front();
    for (const Edge& e : out[walk.at]) {
      const WalkSoFar next = walk.With(e, first);
      if (!known.insert(next).second) continue;
      if (next.at == start) names->insert(next.Name());
      queue.push_back({next, false});
    }
  }
}

}  // namespace

NameSet OracleCycles(const std::vector<Node>& nodes, std::vector<Edge> edges) {
  for (uint32_t a = 0; a < nodes.size(); ++a) {
    for (uint32_t b = 0; b < nodes.size(); ++b) {
      if (nodes[a].ret < nodes[b].call) edges.push_back({a, b, EdgeType::kRt});
    }
  }
  std::vector<std::vector<Edge>> out(nodes.size());
  for (const Edge& e : edges) {
    if (e.from != e.to) out[e.from].push_back(e);
  }
  NameSet names;
  for (uint32_t start = 0; start < nodes.size(); ++start) WalksFrom(start, out, &names);
  return ImpliedAnomalies(names);
}

std::string OracleCycleName(const std::vector<Edge>& walk) {
  WalkSoFar so_far{walk[0].from};
  for (size_t i = 0; i < walk.size(); ++i) so_far = so_far.With(walk[i], i == 0);
  return so_far.Name();
}

namespace {

/// For each key its versions in order: who wrote each, and how many are seen for certain.
struct Versions {
  std::vector<uint32_t> writers;
  size_t seen = 0;
};

/// Serialization graph of complete version orders (Adya 1999), every pair of versions joined.
std::vector<Edge> SerializationGraph(const AppendHistory& a, const std::vector<Versions>& keys) {
  std::vector<Edge> edges;
  for (const Versions& key : keys) {
    for (size_t p = 0; p < key.writers.size(); ++p) {
      for (size_t q = p + 1; q < key.writers.size(); ++q)
        edges.push_back({key.writers[p], key.writers[q], EdgeType::kWw});
    }
  }
  for (uint32_t t = 0; t < a.transactions.size(); ++t) {
    if (a.transactions[t].outcome != Outcome::kOk) continue;
    for (const MicroOp& m : a.MopsOf(t)) {
      if (m.write) continue;
      const Versions& key = keys[m.key];
      size_t version = 0;  // of those that happened
      for (const ValueId element : a.Elements(m.value)) {
        const Append* append = a.Find(m.key, element);
        version += append != nullptr && a.Happened(append->transaction);
      }
      if (version > 0) edges.push_back({key.writers[version - 1], t, EdgeType::kWr});
      for (size_t p = version; p < key.writers.size(); ++p)
        edges.push_back({t, key.writers[p], EdgeType::kRw});
    }
  }
  std::map<int32_t, uint32_t> last;
  for (uint32_t t = 0; t < a.transactions.size(); ++t) {
    if (a.transactions[t].outcome == Outcome::kFail) continue;
    const int32_t process = a.OperationOf(t).process;
    if (last.contains(process) && a.Happened(t))
      edges.push_back({last[process], t, EdgeType::kProcess});
    last[process] = t;
    if (a.transactions[t].outcome == Outcome::kInfo) last.erase(process);
  }
  return edges;
}

/// All orders of the unseen writers of keys `k` and behind.
void EveryOrder(const AppendHistory& a, std::vector<Versions>* keys, size_t k,
                const std::function<void()>& visit) {
  if (k == keys->size()) return visit();
  auto& writers = (*keys)[k].writers;
  const auto unseen = writers.begin() + static_cast<std::ptrdiff_t>((*keys)[k].seen);
  std::sort(unseen, writers.end());
  do {
    EveryOrder(a, keys, k + 1, visit);
  } while (std::next_permutation(unseen, writers.end()));
}

}  // namespace

NameSet OracleModels(const AppendHistory& a, const NameSet& observed) {
  std::vector<Versions> keys(a.keys.size());
  for (uint32_t k = 0; k < keys.size(); ++k) {
    for (const ValueId element : a.Elements(a.keys[k].longest)) {
      const Append* append = a.Find(k, element);
      if (append != nullptr && a.Happened(append->transaction))
        keys[k].writers.push_back(append->transaction);
    }
    keys[k].seen = keys[k].writers.size();
  }
  std::vector<Node> nodes;
  for (uint32_t t = 0; t < a.transactions.size(); ++t) {
    nodes.push_back({a.OperationOf(t).call, a.OperationOf(t).ret});
    if (!a.Happened(t)) continue;
    for (const MicroOp& m : a.MopsOf(t)) {
      auto& writers = keys[m.key].writers;
      if (!m.write || a.Find(m.key, m.value)->position != kNone) continue;
      if (writers.size() > keys[m.key].seen && writers.back() == t) continue;
      writers.push_back(t);
    }
  }
  NameSet models;
  EveryOrder(a, &keys, 0, [&] {
    NameSet found = OracleCycles(nodes, SerializationGraph(a, keys));
    found.insert(observed.begin(), observed.end());
    const NameSet ruled_out = RuledOutModels(found);
    for (const ConsistencyModel& model : ConsistencyModels()) {
      if (!ruled_out.contains(model.name)) models.insert(model.name);
    }
  });
  return models;
}

}  // namespace cleave
