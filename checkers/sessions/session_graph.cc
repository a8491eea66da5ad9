// See session_graph.h.
#include "checkers/sessions/session_graph.h"

#include <algorithm>
#include <deque>

#include "checkers/no_index.h"

namespace cleave {

using Kind = SessionEdge::Kind;

SessionGraph::SessionGraph(const SessionHistory& sessions, uint32_t view)
    : sessions_(sessions),
      taken_(sessions.ops.size()),
      counts_(sessions.ops.size()),
      next_in_session_(sessions.ops.size(), kNone),
      readers_(sessions.ops.size()),
      extra_from_(sessions.ops.size()),
      writes_(sessions.sessions.size() * sessions.keys),
      clocks_(sessions.ops.size() * sessions.sessions.size()) {
  for (uint32_t s = 0; s < sessions.sessions.size(); ++s) {
    uint32_t last = kNone;
    for (const uint32_t i : sessions.sessions[s]) {
      const SessionOp& op = sessions.ops[i];
      const bool seen = view == kNone || view == s;
      counts_[i] = op.reads && seen;
      taken_[i] = op.writes || counts_[i];
      if (!taken_[i]) continue;
      if (last != kNone) next_in_session_[last] = i;
      last = i;
      if (op.writes) writes_[size_t{s} * sessions.keys + op.key].push_back(i);
      if (counts_[i] && op.from != SessionOp::kInitialWrite) readers_[op.from].push_back(i);
    }
  }
}

template <class Visit>
void SessionGraph::ForEachEdgeFrom(uint32_t op, Visit visit) const {
  if (next_in_session_[op] != kNone) {
    visit(SessionEdge{op, next_in_session_[op], Kind::kSession, kNone});
  }
  for (const uint32_t reader : readers_[op]) {
    visit(SessionEdge{op, reader, Kind::kReadFrom, kNone});
  }
  for (const uint32_t i : extra_from_[op]) visit(extra_[i]);
}

bool SessionGraph::Order(Deadline* deadline) {
  const size_t width = sessions_.sessions.size();
  std::vector<uint32_t> missing(sessions_.ops.size(), 0);
  std::fill(clocks_.begin(), clocks_.end(), 0);
  size_t count = 0;
  for (uint32_t i = 0; i < taken_.size(); ++i) {
    if (!taken_[i]) continue;
    ++count;
    ForEachEdgeFrom(i, [&](const SessionEdge& e) { ++missing[e.to]; });
  }
  order_.clear();
  for (uint32_t i = 0; i < taken_.size(); ++i) {
    if (taken_[i] && missing[i] == 0) order_.push_back(i);
  }
  for (size_t at = 0; at < order_.size(); ++at) {
    const uint32_t i = order_[at];
    deadline->Step(width, [] { return std::string("ordering sessions"); });
    uint32_t* clock = Clock(i);
    const SessionOp& op = sessions_.ops[i];
    clock[op.session] = std::max(clock[op.session], op.index + 1);
    ForEachEdgeFrom(i, [&](const SessionEdge& e) {
      uint32_t* to = Clock(e.to);
      for (size_t s = 0; s < width; ++s) to[s] = std::max(to[s], clock[s]);
      if (--missing[e.to] == 0) order_.push_back(e.to);
    });
  }
  if (order_.size() == count) return true;
  FindCycle(missing);
  return false;
}

/// A shortest cycle through one of the operations that could not be ordered, breadth first.
void SessionGraph::FindCycle(const std::vector<uint32_t>& missing) {
  constexpr int kMostStarts = 64;
  int starts = 0;
  for (uint32_t start = 0; start < missing.size() && starts < kMostStarts; ++start) {
    if (missing[start] == 0) continue;
    ++starts;
    std::vector<SessionEdge> came(missing.size(), {kNone, kNone, Kind::kSession, kNone});
    std::deque<uint32_t> queue{start};
    bool closed = false;
    while (!queue.empty() && !closed) {
      const uint32_t i = queue.front();
      queue.pop_front();
      ForEachEdgeFrom(i, [&](const SessionEdge& e) {
        if (missing[e.to] == 0 || came[e.to].from != kNone) return;
        came[e.to] = e;
        closed |= e.to == start;
        if (e.to != start) queue.push_back(e.to);
      });
    }
    if (!closed) continue;
    std::vector<SessionEdge> cycle;
    uint32_t at = start;
    do {
      cycle.push_back(came[at]);
      at = came[at].from;
    } while (at != start);
    std::reverse(cycle.begin(), cycle.end());
    if (cycle_.empty() || cycle.size() < cycle_.size()) cycle_ = std::move(cycle);
  }
}

bool SessionGraph::Infer(bool missed, Deadline* deadline) {
  const size_t before = extra_.size();
  for (const uint32_t i : order_) {
    if (!counts_[i]) continue;
    deadline->Step(sessions_.sessions.size() * 4, [] { return std::string("inferring order"); });
    InferFromRead(i, missed);
    if (!cycle_.empty()) return false;
  }
  return extra_.size() > before;
}

const std::vector<uint32_t>& SessionGraph::WritesOf(uint32_t session, uint32_t key) const {
  return writes_[size_t{session} * sessions_.keys + key];
}

void SessionGraph::InferFromRead(uint32_t read, bool missed) {
  const SessionOp& r = sessions_.ops[read];
  const bool initial = r.from == SessionOp::kInitialWrite;
  for (uint32_t s = 0; s < sessions_.sessions.size(); ++s) {
    const auto& writes = WritesOf(s, r.key);
    // The last one that precedes the read; those before it precede it.
    const uint32_t limit = s == r.session ? r.index : Clock(read)[s];
    auto it = std::partition_point(writes.begin(), writes.end(),
                                   [&](uint32_t w) { return sessions_.ops[w].index < limit; });
    if (it != writes.begin() && it[-1] != r.from) {
      const uint32_t w = it[-1];
      if (initial) {
        cycle_ = {{w, read, Kind::kReplaced, SessionOp::kInitialWrite}};
        return;
      }
      if (!Before(w, r.from)) Add({w, r.from, Kind::kReplaced, read});
    }
    if (!missed) continue;
    // The first one that the write which was read from precedes.
    it = initial ? writes.begin()
                 : std::partition_point(writes.begin(), writes.end(),
                                        [&](uint32_t w) { return !Before(r.from, w); });
    if (it != writes.end() && *it == read) ++it;
    if (it != writes.end() && !Before(read, *it)) Add({read, *it, Kind::kMissed, r.from});
  }
}

void SessionGraph::Add(SessionEdge edge) {
  for (const uint32_t i : extra_from_[edge.from]) {
    if (extra_[i].to == edge.to) return;
  }
  extra_from_[edge.from].push_back(static_cast<uint32_t>(extra_.size()));
  extra_.push_back(edge);
}

}  // namespace cleave
