// See session_guarantees.h.
#include "checkers/sessions/session_guarantees.h"

#include <algorithm>
#include <map>

#include "checkers/no_index.h"

namespace cleave {
namespace {

using Level = ConsistencyLevel;

/// What a session did with a key last.
struct LastOfKey {
  uint32_t write = kNone, read = kNone;
};

void AddVersionEdge(VersionEdge edge, std::vector<VersionEdge>* edges) {
  if (edge.older != edge.newer) edges->push_back(edge);
}

}  // namespace

VersionConstraints::VersionConstraints(const SessionHistory& sessions, Level guarantee)
    : sessions_(sessions), guarantee_(guarantee), common_(sessions.keys) {
  if (guarantee != Level::kMonotonicWrites && guarantee != Level::kWritesFollowReads) return;
  for (const auto& session : sessions.sessions) {
    std::map<uint32_t, LastOfKey> last;
    for (const uint32_t i : session) {
      const SessionOp& op = sessions.ops[i];
      LastOfKey& before = last[op.key];
      if (op.reads) before.read = i;  // a cas follows what it read itself
      if (!op.writes) continue;
      if (guarantee == Level::kMonotonicWrites && before.write != kNone) {
        AddVersionEdge({before.write, i, before.write, i}, &common_[op.key]);
      }
      if (guarantee == Level::kWritesFollowReads && before.read != kNone) {
        AddVersionEdge({sessions.ops[before.read].from, i, before.read, i}, &common_[op.key]);
      }
      before.write = i;
    }
  }
}

std::vector<VersionEdge> VersionConstraints::Of(uint32_t session) const {
  std::vector<VersionEdge> edges;
  std::map<uint32_t, LastOfKey> last;
  for (const uint32_t i : sessions_.sessions[session]) {
    const SessionOp& op = sessions_.ops[i];
    const auto [it, fresh] = last.try_emplace(op.key);
    LastOfKey& before = it->second;
    if (fresh) edges.insert(edges.end(), common_[op.key].begin(), common_[op.key].end());
    if (op.reads && guarantee_ == Level::kReadYourWrites && before.write != kNone) {
      AddVersionEdge({before.write, op.from, before.write, i}, &edges);
    }
    if (op.reads && guarantee_ != Level::kReadYourWrites && before.read != kNone) {
      AddVersionEdge({sessions_.ops[before.read].from, op.from, before.read, i}, &edges);
    }
    if (op.reads) before.read = i;
    if (!op.writes) continue;
    if (guarantee_ == Level::kReadYourWrites && before.write != kNone) {
      AddVersionEdge({before.write, i, before.write, i}, &edges);
    }
    before.write = i;
  }
  return edges;
}

std::vector<VersionEdge> VersionCycle(const std::vector<VersionEdge>& edges) {
  std::vector<uint32_t> nodes;
  for (const VersionEdge& edge : edges) {
    if (edge.newer == SessionOp::kInitialWrite) return {edge};
    nodes.push_back(edge.older);
    nodes.push_back(edge.newer);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  const auto number = [&](uint32_t node) {
    return static_cast<uint32_t>(std::lower_bound(nodes.begin(), nodes.end(), node) -
                                 nodes.begin());
  };
  std::vector<std::vector<uint32_t>> out(nodes.size());
  for (uint32_t e = 0; e < edges.size(); ++e) out[number(edges[e].older)].push_back(e);
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  std::vector<Mark> mark(nodes.size(), Mark::kNew);
  std::vector<size_t> next(nodes.size(), 0);
  for (uint32_t start = 0; start < nodes.size(); ++start) {
    if (mark[start] != Mark::kNew) continue;
    std::vector<uint32_t> path{start}, taken;  // taken[i] leads from path[i] to path[i + 1]
    mark[start] = Mark::kOpen;
    while (!path.empty()) {
      const uint32_t at = path.back();
      if (next[at] == out[at].size()) {
        mark[at] = Mark::kDone;
        path.pop_back();
        if (!taken.empty()) taken.pop_back();
        continue;
      }
      const uint32_t e = out[at][next[at]++];
      const uint32_t to = number(edges[e].newer);
      if (mark[to] == Mark::kDone) continue;
      if (mark[to] == Mark::kNew) {
        mark[to] = Mark::kOpen;
        path.push_back(to);
        taken.push_back(e);
        continue;
      }
      std::vector<VersionEdge> cycle;
      for (auto i = std::find(path.begin(), path.end(), to) - path.begin();
           i < static_cast<ptrdiff_t>(taken.size()); ++i) {
        cycle.push_back(edges[taken[static_cast<size_t>(i)]]);
      }
      cycle.push_back(edges[e]);
      return cycle;
    }
  }
  return {};
}

}  // namespace cleave
