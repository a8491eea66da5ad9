// See commit_order.h. An edge that points backwards spans a window of the order. Every cycle lies
// inside one window, or several that overlap: wherever it goes forward, an edge must come back.
// So only the windows are sorted again (Kahn 1962), and all that lies between them stays.
#include "checkers/transactions/commit_order.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "checkers/transactions/assumed_orders.h"
#include "checkers/transactions/order_graph.h"

namespace cleave {
namespace {

/// Steps of the search for a short cycle, beyond one look at everything.
constexpr uint64_t kCycleSteps = 20'000'000;

void JoinSessionSteps(std::vector<CommitEdge>* path) {
  std::vector<CommitEdge> joined;
  for (const CommitEdge& e : *path) {
    const bool follows = !joined.empty() && e.reason == CommitReason::kSession &&
                         joined.back().reason == CommitReason::kSession;
    if (follows)
      joined.back().to = e.to;
    else
      joined.push_back(e);
  }
  // A cycle may begin in the middle of such a row.
  if (joined.size() > 2 && joined.front().reason == CommitReason::kSession &&
      joined.back().reason == CommitReason::kSession && joined.back().to == joined.front().from) {
    joined.front().from = joined.back().from;
    joined.pop_back();
  }
  *path = std::move(joined);
}

}  // namespace

CommitOrder::CommitOrder(const IsolationHistory& history, bool sessions, Deadline* deadline,
                         uint32_t far_ahead)
    : history_(history),
      deadline_(deadline),
      far_ahead_(far_ahead),
      before_in_session_(history.transactions.size(), 0) {
  const auto n = static_cast<uint32_t>(history.transactions.size());
  std::vector<uint32_t> last(history.sessions, IsolationHistory::kInitial);
  for (uint32_t t = 1; sessions && t < n; ++t) {
    const IsolationTransaction& txn = history.transactions[t];
    before_in_session_[t] = last[txn.session];
    if (txn.ret != kNever) last[txn.session] = t;
  }
  order_.resize(n);
  std::iota(order_.begin(), order_.end(), 0);
  position_ = order_;
  ForceKnownOrders();
  for (const AssumedOrder& assumed : AssumedOrders(history_)) {
    Force(assumed.before, assumed.after, assumed.key, kNone);
  }
}

void CommitOrder::ForceKnownOrders() {
  std::vector<bool> listed(history_.transactions.size(), false);
  bool any = false;
  for (uint32_t k = 0; k < history_.keys; ++k) {
    const std::vector<uint32_t>& known = history_.known_order[k];
    any = any || !known.empty();
    for (size_t i = 1; i < known.size(); ++i) Force(known[i - 1], known[i], k, kNone);
  }
  if (!any) return;
  std::vector<uint64_t> in_order;  // (writer, key)
  for (uint32_t k = 0; k < history_.keys; ++k) {
    for (const uint32_t t : history_.known_order[k]) in_order.push_back(uint64_t{t} << 32 | k);
  }
  std::sort(in_order.begin(), in_order.end());
  for (uint32_t t = 1; t < history_.transactions.size(); ++t) {
    for (const uint32_t k : history_.WritesOf(t)) {
      const std::vector<uint32_t>& known = history_.known_order[k];
      if (known.empty()) continue;
      if (std::binary_search(in_order.begin(), in_order.end(), uint64_t{t} << 32 | k)) continue;
      Force(known.back(), t, k, kNone);
    }
  }
}

/// A distance in the order of calls that is more than far_ahead_ in the order found.
uint32_t CommitOrder::FarAhead() const {
  uint32_t moved = 0;
  for (uint32_t t = 0; t < position_.size(); ++t) {
    moved = std::max(moved, t < position_[t] ? position_[t] - t : t - position_[t]);
  }
  return far_ahead_ + 2 * std::min(moved, kNone / 4);
}

void CommitOrder::FindWindows() {
  const auto n = static_cast<uint32_t>(order_.size());
  window_.assign(n, 0);
  longest_ = 0;
  const auto look = [&](uint32_t from, uint32_t to) {
    if (position_[from] <= position_[to]) return;
    uint32_t& end = window_[position_[to]];
    end = std::max(end, position_[from]);
    longest_ = 1;
  };
  for (uint32_t t = 1; t < n; ++t) {
    look(before_in_session_[t], t);
    for (const ExternalRead& read : history_.ReadsOf(t)) look(read.writer, t);
  }
  for (const Forced& e : forced_) look(e.from, e.to);
  if (longest_ == 0) return;
  for (uint32_t p = 0; p < n;) {
    if (window_[p] == 0) {
      window_[p++] = kNone;
      continue;
    }
    const uint32_t begin = p;
    uint32_t end = window_[p];
    for (; p <= end; ++p) end = std::max(end, window_[p]);
    std::fill(window_.begin() + begin, window_.begin() + p, end);
    longest_ = std::max(longest_, p - begin);
  }
}

/// Calls visit(edge) for every edge with both ends in one window.
template <class Visit>
void CommitOrder::InsideWindows(Visit visit) const {
  const auto together = [&](uint32_t from, uint32_t to) {
    return from != 0 && window_[position_[to]] != kNone &&
           window_[position_[from]] == window_[position_[to]];
  };
  for (uint32_t t = 1; t < order_.size(); ++t) {
    if (window_[position_[t]] == kNone) continue;
    const uint32_t before = before_in_session_[t];
    if (together(before, t)) visit(CommitEdge{before, t, CommitReason::kSession});
    for (const ExternalRead& read : history_.ReadsOf(t)) {
      if (together(read.writer, t)) {
        visit(CommitEdge{read.writer, t, CommitReason::kRead, read.key});
      }
    }
  }
  for (const Forced& e : forced_) {
    if (!together(e.from, e.to)) continue;
    visit(CommitEdge{e.from, e.to, ReasonOf(e), e.key, e.reader});
  }
}

/// False where an edge leads to the initial transaction.
bool CommitOrder::FindRepairs() {
  if (before_initial_ != kNone) return false;
  deadline_->Step(order_.size() + forced_.size(), [] { return std::string("in a commit order"); });
  FindWindows();
  return true;
}

bool CommitOrder::Arrange() { return FindRepairs() && (longest_ == 0 || Repair()); }

/// Sorts the windows again. Local numbers are positions in the windows, counted through.
bool CommitOrder::Repair() {
  std::vector<uint32_t> members, local(order_.size(), kNone);
  for (uint32_t p = 0; p < order_.size(); ++p) {
    if (window_[p] == kNone) continue;
    local[order_[p]] = static_cast<uint32_t>(members.size());
    members.push_back(order_[p]);
  }
  std::vector<Link> links;
  InsideWindows([&](const CommitEdge& e) { links.push_back({local[e.from], local[e.to]}); });
  const auto n = static_cast<uint32_t>(members.size());
  std::vector<uint32_t> begin(n + 1, 0), to(links.size()), indegree(n, 0), sorted, ready;
  for (const Link& link : links) ++begin[link.from + 1], ++indegree[link.to];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for (const Link& link : links) to[next[link.from]++] = link.to;
  // In the old order; what had to wait goes as soon as it can, so that it stays in its window.
  std::vector<bool> passed(n, false);
  sorted.reserve(n);
  for (uint32_t i = 0; i < n; ++i) {
    passed[i] = true;
    if (indegree[i] == 0) ready.push_back(i);
    while (!ready.empty()) {
      const uint32_t node = ready.back();
      ready.pop_back();
      sorted.push_back(node);
      for (uint32_t j = begin[node]; j < begin[node + 1]; ++j) {
        if (--indegree[to[j]] == 0 && passed[to[j]]) ready.push_back(to[j]);
      }
    }
  }
  if (sorted.size() < n) {
    for (uint32_t i = 0; i < n; ++i) {
      if (indegree[i] != 0) stuck_.push_back(members[i]);
    }
    return false;
  }
  std::vector<uint32_t> positions(n);
  for (uint32_t i = 0; i < n; ++i) positions[i] = position_[members[i]];
  for (uint32_t i = 0; i < n; ++i) {
    order_[positions[i]] = members[sorted[i]];
    position_[members[sorted[i]]] = positions[i];
  }
  return true;
}

std::vector<CommitEdge> CommitOrder::ShortestCycle() const {
  if (before_initial_ != kNone) {
    const Forced& e = forced_[before_initial_];
    return {{e.to, e.from, CommitReason::kInitial}, {e.from, e.to, ReasonOf(e), e.key, e.reader}};
  }
  std::vector<uint32_t> local(order_.size(), kNone);
  for (uint32_t i = 0; i < stuck_.size(); ++i) local[stuck_[i]] = i;
  std::vector<CommitEdge> reasons;
  std::vector<OrderEdge> edges;  // choice: its number in reasons, from 1
  InsideWindows([&](const CommitEdge& e) {
    if (local[e.from] == kNone || local[e.to] == kNone || e.from == e.to) return;
    reasons.push_back(e);
    edges.push_back({local[e.from], local[e.to], static_cast<int32_t>(reasons.size())});
  });
  OrderGraph graph(static_cast<uint32_t>(stuck_.size()));
  graph.SetChosen(std::move(edges));
  const std::vector<uint32_t> components = graph.Components();
  std::vector<uint32_t> size(stuck_.size(), 0);  // edges by component
  std::vector<OrderEdge> inside;
  for (const OrderEdge& e : graph.chosen()) {
    if (components[e.from] == kNone || components[e.from] != components[e.to]) continue;
    ++size[components[e.from]];
    inside.push_back(e);
  }
  const auto edges_around = [&](const OrderEdge& e) { return size[components[e.from]]; };
  std::stable_sort(inside.begin(), inside.end(), [&](const OrderEdge& x, const OrderEdge& y) {
    return edges_around(x) < edges_around(y);
  });
  std::vector<CommitEdge> best;
  uint64_t steps = 0;
  for (const OrderEdge& first : inside) {
    if (!best.empty() && (best.size() == 2 || steps > kCycleSteps)) break;
    steps += edges_around(first);
    const std::vector<OrderEdge> cycle = graph.CycleThrough(first, components);
    if (!best.empty() && cycle.size() >= best.size()) continue;
    best.clear();
    for (const OrderEdge& e : cycle) best.push_back(reasons[static_cast<size_t>(e.choice) - 1]);
  }
  JoinSessionSteps(&best);
  return best;
}

std::vector<CommitEdge> CommitOrder::HappensBefore(uint32_t from, uint32_t to) const {
  if (from == to) return {};
  std::vector<CommitEdge> via(order_.size(), CommitEdge{kNone, kNone, CommitReason::kSession});
  std::vector<uint32_t> queue{to};
  const auto reach = [&](const CommitEdge& e) {
    if (e.from == 0 || e.from == to || via[e.from].to != kNone) return;
    via[e.from] = e;
    queue.push_back(e.from);
  };
  for (size_t i = 0; i < queue.size() && via[from].to == kNone; ++i) {
    const uint32_t t = queue[i];
    for (const ExternalRead& read : history_.ReadsOf(t)) {
      reach({read.writer, t, CommitReason::kRead, read.key});
    }
    reach({before_in_session_[t], t, CommitReason::kSession});
  }
  std::vector<CommitEdge> path;
  for (uint32_t t = from; t != to && via[t].to != kNone; t = via[t].to) path.push_back(via[t]);
  JoinSessionSteps(&path);
  return path;
}

}  // namespace cleave
