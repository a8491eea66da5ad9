// See assumed_orders.h.
#include "checkers/transactions/assumed_orders.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <tuple>
#include <utility>

#include "checkers/no_index.h"
#include "checkers/transactions/order_graph.h"
#include "checkers/transactions/version_chains.h"

namespace cleave {
namespace {

using OrderSource = AssumedOrder::Source;

constexpr size_t kCyclesTried = 200;

class OrderCollector {
 public:
  explicit OrderCollector(const IsolationHistory& history) : h_(history) {}

  std::vector<AssumedOrder> Run() {
    for (uint32_t t = 1; t < h_.transactions.size(); ++t) Transaction(t);
    if (h_.assumptions.linearizable) RealTime();
    return std::move(out_);
  }

 private:
  /// A transaction's versions of one key: the writers of the first and the last that it met.
  struct Meeting {
    uint32_t key, first, last, transaction;
  };

  void Add(uint32_t key, uint32_t before, uint32_t after, uint32_t from, uint32_t to,
           OrderSource source) {
    if (before == after || before == IsolationHistory::kInitial) return;
    if (!known_.insert({key, before, after}).second) return;
    out_.push_back({key, before, after, from, to, source});
  }

  void Transaction(uint32_t t) {
    Meet(t);
    for (const Meeting& m : meetings_) {
      if (!h_.assumptions.sequential) break;
      const uint64_t place = uint64_t{h_.transactions[t].session} << 32 | m.key;
      // Nothing follows one of unknown outcome in its process.
      if (const auto last = last_.find(place); last != last_.end()) {
        Add(m.key, last->second.last, m.first, last->second.transaction, t, OrderSource::kProcess);
      }
      if (h_.transactions[t].ret != kNever) last_.insert_or_assign(place, m);
    }
    if (h_.assumptions.linearizable) {
      all_.insert(all_.end(), meetings_.begin(), meetings_.end());
    }
  }

  /// Fills meetings_, and adds what is in order inside the transaction. It has a handful of keys.
  void Meet(uint32_t t) {
    meetings_.clear();
    const auto find = [&](uint32_t key) {
      return std::find_if(meetings_.begin(), meetings_.end(),
                          [&](const Meeting& m) { return m.key == key; });
    };
    const bool reads = h_.assumptions.sequential || h_.assumptions.linearizable;
    for (const ExternalRead& read : h_.ReadsOf(t)) {
      const auto place = find(read.key);
      if (place == meetings_.end()) {
        meetings_.push_back({read.key, read.writer, read.writer, t});
        continue;
      }
      if (reads) Add(read.key, place->last, read.writer, t, t, OrderSource::kTransaction);
      place->last = read.writer;
    }
    for (const ExternalRead& read : h_.ReadsOf(t)) {
      const auto written = h_.WritesOf(t);
      if (!std::binary_search(written.begin(), written.end(), read.key)) continue;
      Add(read.key, read.writer, t, t, t, OrderSource::kTransaction);
    }
    for (const uint32_t key : h_.WritesOf(t)) {
      const auto place = find(key);
      if (place == meetings_.end())
        meetings_.push_back({key, t, t, t});
      else
        place->last = t;
    }
  }

  /// Who was called follows those that had returned, but for those that one of these followed.
  void RealTime() {
    std::vector<std::pair<Position, uint32_t>> returns;  // transactions, by when
    std::vector<size_t> begin(h_.transactions.size() + 1, 0);
    for (const Meeting& m : all_) ++begin[m.transaction + 1];
    for (uint32_t t = 1; t < h_.transactions.size(); ++t) {
      begin[t + 1] += begin[t];
      if (h_.transactions[t].ret != kNever) returns.emplace_back(h_.transactions[t].ret, t);
    }
    std::sort(returns.begin(), returns.end());
    std::vector<std::vector<Meeting>> returned(h_.keys);
    size_t next = 0;
    for (uint32_t t = 1; t < h_.transactions.size(); ++t) {
      for (; next < returns.size() && returns[next].first < h_.transactions[t].call; ++next) {
        const uint32_t done = returns[next].second;
        for (size_t i = begin[done]; i < begin[done + 1]; ++i) {
          auto& latest = returned[all_[i].key];
          std::erase_if(latest, [&](const Meeting& m) {
            return h_.transactions[m.transaction].ret < h_.transactions[done].call;
          });
          latest.push_back(all_[i]);
        }
      }
      for (size_t i = begin[t]; i < begin[t + 1]; ++i) {
        for (const Meeting& m : returned[all_[i].key]) {
          Add(m.key, m.last, all_[i].first, m.transaction, t, OrderSource::kRealTime);
        }
      }
    }
  }

  const IsolationHistory& h_;
  std::vector<Meeting> meetings_, all_;
  boost::unordered_flat_map<uint64_t, Meeting> last_;  // (session, key)
  boost::unordered_flat_set<std::tuple<uint32_t, uint32_t, uint32_t>> known_;
  std::vector<AssumedOrder> out_;
};

}  // namespace

std::vector<AssumedOrder> AssumedOrders(const IsolationHistory& history) {
  const KeyAssumptions& a = history.assumptions;
  if (!a.wfr && !a.sequential && !a.linearizable) return {};
  return OrderCollector(history).Run();
}

std::vector<std::vector<AssumedOrder>> CyclicVersions(const std::vector<AssumedOrder>& orders) {
  std::vector<std::vector<AssumedOrder>> circles;
  boost::unordered_flat_set<uint32_t> keys;               // with a circle
  boost::unordered_flat_map<uint64_t, uint32_t> node_of;  // (key, writer)
  std::vector<OrderEdge> edges;
  const auto node = [&](uint32_t key, uint32_t writer) {
    return node_of.try_emplace(uint64_t{key} << 32 | writer, static_cast<uint32_t>(node_of.size()))
        .first->second;
  };
  for (uint32_t i = 0; i < orders.size(); ++i) {
    const AssumedOrder& o = orders[i];
    if (o.after != IsolationHistory::kInitial) {
      const uint32_t from = node(o.key, o.before), to = node(o.key, o.after);
      edges.push_back({from, to, static_cast<int32_t>(i) + 1});
    } else if (keys.insert(o.key).second) {
      circles.push_back({o});
    }
  }
  OrderGraph graph(static_cast<uint32_t>(node_of.size()));
  graph.SetChosen(std::move(edges));
  const std::vector<uint32_t> components = graph.Components();
  std::vector<std::vector<OrderEdge>> shortest;  // by component
  std::vector<size_t> tried;
  for (const OrderEdge& e : graph.chosen()) {
    const uint32_t c = components[e.from];
    if (c == kNone || c != components[e.to]) continue;
    if (shortest.size() <= c) shortest.resize(c + 1), tried.resize(c + 1);
    if (++tried[c] > kCyclesTried) continue;
    std::vector<OrderEdge> cycle = graph.CycleThrough(e, components);
    if (shortest[c].empty() || cycle.size() < shortest[c].size()) shortest[c] = std::move(cycle);
  }
  for (const std::vector<OrderEdge>& cycle : shortest) {
    std::vector<AssumedOrder> circle;
    for (const OrderEdge& e : cycle) circle.push_back(orders[static_cast<size_t>(e.choice) - 1]);
    if (keys.insert(circle[0].key).second) circles.push_back(std::move(circle));
  }
  return circles;
}

InferenceCoverage CoverageOf(const IsolationHistory& history,
                             const std::vector<AssumedOrder>& orders) {
  const VersionChains chains(history, true);
  const auto count = static_cast<uint32_t>(chains.chains().size());
  InferenceCoverage coverage;
  std::vector<uint32_t> written(history.keys, 0), priority(count, 0);
  for (const uint32_t key : history.writes) ++written[key];
  for (const uint32_t versions : written) coverage.pairs += versions > 0 ? versions - 1 : 0;
  std::vector<OrderEdge> edges;
  for (uint32_t c = 0; c < count; ++c) {
    const VersionChains::Chain& chain = chains.chains()[c];
    for (uint32_t v = chain.first; chains.next(v) != kNone; v = chains.next(v)) {
      coverage.ordered += chains.owner(v) != IsolationHistory::kInitial;
    }
    if (c < history.keys) continue;
    priority[c] = history.transactions[chains.owner(chain.first)].call + 1;
    edges.push_back({chain.key, c, 1});
  }
  for (const AssumedOrder& o : orders) {
    if (o.after == IsolationHistory::kInitial) continue;
    const auto between = chains.Between(o);
    if (between) edges.push_back({chains.ChainOf(between->first), chains.ChainOf(between->second)});
  }
  OrderGraph graph(count);
  graph.SetCertain(std::move(edges));
  // Neighbours in an order are certain only if an edge says so: a way between would lead through
  // others between them.
  std::vector<uint32_t> before(history.keys);
  for (uint32_t k = 0; k < history.keys; ++k) before[k] = k;
  for (const uint32_t c : graph.Sorted(priority)) {
    if (c < history.keys) continue;
    const uint32_t a = std::exchange(before[chains.chains()[c].key], c);
    if (chains.owner(chains.chains()[a].last) == IsolationHistory::kInitial) continue;
    bool certain = false;
    graph.ForEachOut(a, [&](const OrderEdge& e) { certain |= e.to == c; });
    coverage.ordered += certain;
  }
  return coverage;
}

}  // namespace cleave
