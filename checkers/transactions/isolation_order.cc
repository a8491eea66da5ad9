// See isolation_order.h.
#include "checkers/transactions/isolation_order.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cadical.hpp>
#include <numeric>

#include "checkers/no_index.h"
#include "checkers/transactions/order_graph.h"
#include "checkers/transactions/version_chains.h"

namespace cleave {
namespace {

using Clock = std::chrono::steady_clock;
using Level = IsolationLevel;

constexpr size_t kCyclesARound = 200;
// What CaDiCaL's solve returns.
constexpr int kUnknown = 0, kSatisfiable = 10, kUnsatisfiable = 20;

/// The certain part of the graph. A transaction is one node, or, under snapshot isolation and
/// prefix consistency, two: its begin and its commit. Behind them the helpers: moments in real
/// time, and each key's first chain's end, so that "all of these before all of those" takes a sum
/// of edges and not a product.
class CertainEdges {
 public:
  CertainEdges(const IsolationHistory& history, const VersionChains& chains, const Level& level)
      : h_(history), chains_(chains), level_(level) {
    transactions_ = static_cast<uint32_t>(h_.transactions.size());
    width_ = level.kind == Level::Kind::kSerializable ? 1 : 2;
    helpers_ = transactions_ * width_;
  }

  std::vector<OrderEdge> Build() {
    for (uint32_t t = 1; t < transactions_; ++t) {
      if (width_ == 2) Add(Begin(t), Commit(t));
    }
    if (level_.sessions) Sessions();
    if (level_.real_time) RealTime();
    Assume();
    for (uint32_t t = 1; t < transactions_; ++t) {
      for (const ExternalRead& r : h_.ReadsOf(t)) Follows(r.writer, t);
    }
    for (const VersionChains::Chain& chain : chains_.chains()) {
      for (uint32_t v = chain.first; chains_.next(v) != kNone; v = chains_.next(v)) {
        Replaces(v, chains_.owner(chains_.next(v)), 0);
      }
    }
    first_end_ = helpers_;
    for (uint32_t k = 0; k < h_.keys; ++k) {
      FirstChain(k);
      keys_of_ends_.resize(helpers_ - first_end_, k);
    }
    return std::move(edges_);
  }
  uint32_t nodes() const { return helpers_; }
  /// An assumed order that cannot be: something before the first version. nullptr: there is none.
  const AssumedOrder* Impossible() const {
    return impossible_ == kNone ? nullptr : &assumed_[impossible_];
  }
  /// What an edge may rest on; nullptr: nothing but what was seen.
  const AssumedOrder* AssumedOf(const OrderEdge& e) const {
    const auto place = assumed_of_.find(uint64_t{e.from} << 32 | e.to);
    return place == assumed_of_.end() ? nullptr : &assumed_[place->second];
  }

  /// Version `v` is replaced by one of `writer`'s: its owner and its readers come before.
  void Replaces(uint32_t v, uint32_t writer, int32_t choice) {
    const uint32_t owner = chains_.owner(v);
    if (owner != IsolationHistory::kInitial) Add(Commit(owner), ReplacedAt(writer), choice);
    for (const uint32_t reader : chains_.Readers(v)) {
      if (reader != writer) Add(Begin(reader), Commit(writer), choice);
    }
  }
  std::vector<OrderEdge> Take() { return std::exchange(edges_, {}); }

  uint32_t Begin(uint32_t t) const { return t * width_; }
  uint32_t Commit(uint32_t t) const { return t * width_ + width_ - 1; }
  /// Whose first chain a helper ends; kNone for other nodes.
  uint32_t FirstChainOf(uint32_t node) const {
    return node < first_end_ ? kNone : keys_of_ends_[node - first_end_];
  }
  /// kNone for a helper.
  uint32_t TransactionOf(uint32_t node) const {
    return node < transactions_ * width_ ? node / width_ : kNone;
  }

 private:
  /// What the commit of a version comes before, if `writer` replaces it: under snapshot isolation
  /// two that write one key do not overlap.
  uint32_t ReplacedAt(uint32_t writer) const {
    return level_.kind == Level::Kind::kPrefix ? Commit(writer) : Begin(writer);
  }
  void Add(uint32_t from, uint32_t to, int32_t choice = 0) { edges_.push_back({from, to, choice}); }
  void Follows(uint32_t before, uint32_t after) {
    if (before != IsolationHistory::kInitial && before != after) Add(Commit(before), Begin(after));
  }

  void Sessions() {
    std::vector<uint32_t> last(h_.sessions, IsolationHistory::kInitial);
    for (uint32_t t = 1; t < transactions_; ++t) {
      uint32_t& before = last[h_.transactions[t].session];
      Follows(before, t);
      if (h_.transactions[t].ret != kNever) before = t;
    }
  }

  /// Only the other way round would a chain that is to come before another close a cycle with these
  /// edges: so they are all that the assumptions say.
  void Assume() {
    assumed_ = AssumedOrders(h_);
    for (uint32_t i = 0; i < assumed_.size(); ++i) {
      const AssumedOrder& a = assumed_[i];
      if (a.after == IsolationHistory::kInitial) {
        impossible_ = i;
        continue;
      }
      const size_t first = edges_.size();
      const auto between = chains_.Between(a);
      if (between)
        Replaces(between->first, chains_.owner(between->second), 0);
      else
        Add(Commit(a.before), ReplacedAt(a.after));
      for (size_t e = first; e < edges_.size(); ++e) {
        assumed_of_.try_emplace(uint64_t{edges_[e].from} << 32 | edges_[e].to, i);
      }
    }
  }

  /// A moment for each call, in a row: whoever returned before it precedes it, and it the called
  /// one and all later moments.
  void RealTime() {
    const uint32_t first = helpers_;
    helpers_ += transactions_;
    for (uint32_t t = 1; t < transactions_; ++t) {
      Add(first + t, Begin(t));
      if (t > 1) Add(first + t - 1, first + t);
      if (h_.transactions[t].ret == kNever) continue;
      const auto later = std::upper_bound(
          h_.transactions.begin() + 1, h_.transactions.end(), h_.transactions[t].ret,
          [](Position ret, const IsolationTransaction& txn) { return ret < txn.call; });
      const auto next = static_cast<uint32_t>(later - h_.transactions.begin());
      if (next < transactions_) Add(Commit(t), first + next);
    }
  }

  /// What is certain of a key's first chain against all others: its end is replaced by them.
  void FirstChain(uint32_t k) {
    const auto others = chains_.ChainsOf(k);
    if (others.empty()) return;
    const uint32_t last = chains_.chains()[k].last;
    std::vector<uint32_t> writers;
    for (const uint32_t c : others) writers.push_back(chains_.owner(chains_.chains()[c].first));
    std::sort(writers.begin(), writers.end());
    const auto writes = [&](uint32_t t) {
      return std::binary_search(writers.begin(), writers.end(), t);
    };
    // Readers that are among the writers are joined one by one: nobody precedes himself.
    const uint32_t end = helpers_++;
    if (chains_.owner(last) != IsolationHistory::kInitial) {
      const uint32_t commit = helpers_++;
      Add(Commit(chains_.owner(last)), commit);
      for (const uint32_t w : writers) Add(commit, ReplacedAt(w));
    }
    for (const uint32_t w : writers) Add(end, Commit(w));
    for (const uint32_t reader : chains_.Readers(last)) {
      if (!writes(reader)) {
        Add(Begin(reader), end);
        continue;
      }
      for (const uint32_t w : writers) {
        if (w != reader) Add(Begin(reader), Commit(w));
      }
    }
  }

  const IsolationHistory& h_;
  const VersionChains& chains_;
  const Level& level_;
  uint32_t transactions_, width_, helpers_, first_end_ = UINT32_MAX;
  std::vector<uint32_t> keys_of_ends_;
  std::vector<AssumedOrder> assumed_;
  boost::unordered_flat_map<uint64_t, uint32_t> assumed_of_;  // (node, node) → into assumed_
  uint32_t impossible_ = kNone;                               // into assumed_
  std::vector<OrderEdge> edges_;
};

/// The order in which a key's chains come, as far as it was chosen: pairs that cycles spoke of are
/// variables of the solver, the others follow the order.
class Choices {
 public:
  Choices(const IsolationHistory& history, const VersionChains& chains) : chains_(chains) {
    orders_.resize(history.keys);
    for (uint32_t k = 0; k < history.keys; ++k) {
      const auto of = chains.ChainsOf(k);
      orders_[k].assign(of.begin(), of.end());
    }
    variables_of_.resize(history.keys);
  }

  /// By when their first writer comes.
  template <class When>
  void Guess(const When& when) {
    for (auto& order : orders_) {
      std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        return when(chains_.owner(chains_.chains()[a].first)) <
               when(chains_.owner(chains_.chains()[b].first));
      });
    }
  }

  const std::vector<std::vector<uint32_t>>& orders() const { return orders_; }

  /// Those of pairs that clauses speak of.
  std::vector<uint32_t> UsedChains() const {
    std::vector<uint32_t> chains;
    for (const auto& variables : variables_of_) {
      for (const int32_t variable : variables) {
        chains.push_back(pairs_[static_cast<size_t>(variable) - 1].first);
        chains.push_back(pairs_[static_cast<size_t>(variable) - 1].second);
      }
    }
    std::sort(chains.begin(), chains.end());
    chains.erase(std::unique(chains.begin(), chains.end()), chains.end());
    return chains;
  }

  /// The literal that says: chain a comes before b. Neighbours in the order are numbered here.
  int32_t Literal(uint32_t a, uint32_t b) {
    const uint64_t pair = uint64_t{std::min(a, b)} << 32 | std::max(a, b);
    const auto [place, fresh] =
        numbers_.try_emplace(pair, static_cast<int32_t>(numbers_.size() + 1));
    if (fresh) pairs_.push_back({std::min(a, b), std::max(a, b)});
    return a < b ? place->second : -place->second;
  }

  /// Makes the solver know the variables of a clause.
  void Use(int32_t literal, CaDiCaL::Solver* solver) {
    const auto number = static_cast<size_t>(std::abs(literal));
    if (used_.size() <= number) used_.resize(number + 1, false);
    if (used_[number]) return;
    used_[number] = true;
    const auto [a, b] = pairs_[number - 1];
    variables_of_[chains_.chains()[a].key].push_back(static_cast<int32_t>(number));
    solver->phase(literal);
  }

  /// Takes over what the solver chose. False where the choices of a key go in a circle: that is a
  /// clause, and the key's order stays.
  bool Follow(CaDiCaL::Solver* solver) {
    std::vector<int32_t> clauses;  // each with a 0 at its end; no value can be asked for after one
    for (uint32_t k = 0; k < orders_.size(); ++k) {
      if (!variables_of_[k].empty()) FollowKey(k, solver, &clauses);
    }
    for (const int32_t literal : clauses) solver->add(literal);
    return clauses.empty();
  }

 private:
  void FollowKey(uint32_t k, CaDiCaL::Solver* solver, std::vector<int32_t>* clauses) {
    std::vector<uint32_t>& order = orders_[k];
    boost::unordered_flat_map<uint32_t, uint32_t> place;
    for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    std::vector<OrderEdge> edges;
    for (const int32_t variable : variables_of_[k]) {
      auto [a, b] = pairs_[static_cast<size_t>(variable) - 1];
      const int32_t literal = solver->val(variable) > 0 ? variable : -variable;
      if (literal < 0) std::swap(a, b);
      solver->phase(literal);
      edges.push_back({place[a], place[b], literal});
    }
    OrderGraph graph(static_cast<uint32_t>(order.size()));
    graph.SetChosen(std::move(edges));
    std::vector<uint32_t> priority(order.size());
    std::iota(priority.begin(), priority.end(), 0);
    const std::vector<uint32_t> sorted = graph.Sorted(priority);
    if (sorted.size() == order.size()) {
      const std::vector<uint32_t> before = order;
      for (size_t i = 0; i < sorted.size(); ++i) order[i] = before[sorted[i]];
      return;
    }
    const std::vector<uint32_t> components = graph.Components();
    for (const OrderEdge& e : graph.chosen()) {
      if (components[e.from] == kNone || components[e.from] != components[e.to]) continue;
      for (const OrderEdge& step : graph.CycleThrough(e, components)) {
        clauses->push_back(-step.choice);
      }
      clauses->push_back(0);
      return;
    }
  }

  const VersionChains& chains_;
  std::vector<std::vector<uint32_t>> orders_;  // by key: chains, without the first
  boost::unordered_flat_map<uint64_t, int32_t> numbers_;
  std::vector<std::pair<uint32_t, uint32_t>> pairs_;  // by number - 1
  std::vector<std::vector<int32_t>> variables_of_;    // by key: those that clauses speak of
  std::vector<bool> used_;
};

class OrderSearch {
 public:
  OrderSearch(const IsolationHistory& history, const Level& level, Clock::time_point until)
      : h_(history),
        until_(until),
        chains_(history, level.kind != Level::Kind::kPrefix),
        edges_(history, chains_, level),
        choices_(history, chains_) {
    solver_.set("quiet", 1);
  }

  IsolationOrder Run() {
    std::vector<OrderEdge> certain = edges_.Build();
    OrderGraph graph(edges_.nodes());
    graph.SetCertain(std::move(certain));
    Prioritise();
    if (const AssumedOrder* impossible = edges_.Impossible()) {
      Suspect(*impossible);
      return Violated();
    }
    // Without any choice: a cycle here is the end.
    order_ = graph.Sorted(priority_);
    if (order_.size() < graph.nodes()) return Contradiction(graph);
    for (uint32_t i = 0; i < order_.size(); ++i) priority_[order_[i]] = i;
    choices_.Guess([&](uint32_t t) { return priority_[edges_.Commit(t)]; });
    while (true) {
      graph.SetChosen(Chosen());
      order_ = graph.Sorted(priority_);
      if (order_.size() == graph.nodes()) return Holds();
      if (Clock::now() > until_) return Late();
      Learn(graph);
      int status = kUnknown;
      while (status != kSatisfiable) {
        solver_.limit("conflicts", 20'000);
        status = solver_.solve();
        if (status == kUnsatisfiable) return Violated();
        if (Clock::now() > until_) return Late();
        if (status == kSatisfiable && !choices_.Follow(&solver_)) status = kUnknown;
      }
    }
  }

 private:
  /// As time went, where nothing says otherwise: what returned first is first.
  void Prioritise() {
    priority_.assign(edges_.nodes(), 0);
    for (uint32_t t = 1; t < h_.transactions.size(); ++t) {
      const Position ret = h_.transactions[t].ret;
      priority_[edges_.Begin(t)] = h_.transactions[t].call;
      priority_[edges_.Commit(t)] = ret == kNever ? h_.transactions[t].call : ret;
    }
  }

  std::vector<OrderEdge> Chosen() {
    for (const std::vector<uint32_t>& order : choices_.orders()) {
      for (size_t i = 1; i < order.size(); ++i) {
        const VersionChains::Chain &a = chains_.chains()[order[i - 1]],
                                   &b = chains_.chains()[order[i]];
        edges_.Replaces(a.last, chains_.owner(b.first), choices_.Literal(order[i - 1], order[i]));
      }
    }
    return edges_.Take();
  }

  void Note(const std::vector<OrderEdge>& cycle) {
    ++out_.cycles;
    for (const OrderEdge& e : cycle) {
      const uint32_t t = edges_.TransactionOf(e.from);
      if (t != kNone) suspects_.push_back(t);
      if (edges_.FirstChainOf(e.from) != kNone)
        whole_chains_.push_back(edges_.FirstChainOf(e.from));
      if (const AssumedOrder* assumed = e.choice == 0 ? edges_.AssumedOf(e) : nullptr) {
        Suspect(*assumed);
      }
    }
  }

  void Suspect(const AssumedOrder& assumed) {
    suspects_.insert(suspects_.end(), {assumed.from, assumed.to});
    for (const uint32_t writer : {assumed.before, assumed.after}) {
      suspects_.push_back(writer);
      const uint32_t chain = chains_.ChainOf(chains_.VersionOf(writer, assumed.key));
      if (chain != kNone) whole_chains_.push_back(chain);
    }
  }

  void Learn(const OrderGraph& graph) {
    const std::vector<uint32_t> components = graph.Components();
    size_t learnt = 0;
    for (const OrderEdge& e : graph.chosen()) {
      if (components[e.from] == kNone || components[e.from] != components[e.to]) continue;
      const std::vector<OrderEdge> cycle = graph.CycleThrough(e, components);
      for (const OrderEdge& step : cycle) {
        if (step.choice != 0) choices_.Use(step.choice, &solver_);
      }
      for (const OrderEdge& step : cycle) {
        if (step.choice != 0) solver_.add(-step.choice);
      }
      solver_.add(0);
      Note(cycle);
      if (++learnt >= kCyclesARound) break;
    }
  }

  IsolationOrder Holds() {
    out_.decision = IsolationOrder::Decision::kHolds;
    for (const uint32_t node : order_) {
      const uint32_t t = edges_.TransactionOf(node);
      if (t != kNone && t != IsolationHistory::kInitial) out_.order.push_back(t);
    }
    return std::move(out_);
  }

  IsolationOrder Contradiction(const OrderGraph& graph) {
    const std::vector<uint32_t> components = graph.Components();
    std::vector<OrderEdge> shortest;
    size_t looked_at = 0;
    for (const OrderEdge& e : graph.certain()) {
      if (components[e.from] == kNone || components[e.from] != components[e.to]) continue;
      std::vector<OrderEdge> cycle = graph.CycleThrough(e, components);
      if (shortest.empty() || cycle.size() < shortest.size()) shortest = std::move(cycle);
      if (++looked_at >= kCyclesARound) break;
    }
    Note(shortest);
    return Violated();
  }

  /// Besides the transactions of the cycles, all of the chains that were put in order: what holds a
  /// chain together are its transactions. And who wrote what they read: without, a read says
  /// nothing.
  IsolationOrder Violated() {
    out_.decision = IsolationOrder::Decision::kViolated;
    std::vector<uint32_t> used = choices_.UsedChains();
    std::sort(whole_chains_.begin(), whole_chains_.end());
    used.insert(used.end(), whole_chains_.begin(),
                std::unique(whole_chains_.begin(), whole_chains_.end()));
    for (const uint32_t c : used) {
      for (uint32_t v = chains_.chains()[c].first; v != kNone; v = chains_.next(v)) {
        suspects_.push_back(chains_.owner(v));
      }
    }
    for (size_t i = suspects_.size(); i-- > 0;) {
      for (const ExternalRead& read : h_.ReadsOf(suspects_[i])) suspects_.push_back(read.writer);
    }
    std::sort(suspects_.begin(), suspects_.end());
    suspects_.erase(std::unique(suspects_.begin(), suspects_.end()), suspects_.end());
    std::erase(suspects_, IsolationHistory::kInitial);
    out_.core = std::move(suspects_);
    return std::move(out_);
  }

  IsolationOrder Late() {
    out_.undecided = "out of time after " + std::to_string(out_.cycles) +
                     " cycles between transactions were ruled out";
    return std::move(out_);
  }

  const IsolationHistory& h_;
  const Clock::time_point until_;
  const VersionChains chains_;
  CertainEdges edges_;
  Choices choices_;
  CaDiCaL::Solver solver_;
  std::vector<uint32_t> priority_, order_, suspects_, whole_chains_;
  IsolationOrder out_;
};

}  // namespace

IsolationOrder FindIsolationOrder(const IsolationHistory& history, const IsolationLevel& level,
                                  Clock::time_point until) {
  return OrderSearch(history, level, until).Run();
}

}  // namespace cleave
