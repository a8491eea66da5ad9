// See isolation_order.h.
#include "checkers/transactions/isolation_order.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cadical.hpp>

#include "checkers/no_index.h"
#include "checkers/transactions/certain_edges.h"
#include "checkers/transactions/order_graph.h"
#include "checkers/transactions/version_choices.h"
#include "checkers/transactions/walk_graph.h"

namespace cleave {
namespace {

using Clock = std::chrono::steady_clock;
using Level = IsolationLevel;

constexpr size_t kCyclesARound = 200;
constexpr uint64_t kStepsBetweenLooks = 1'000'000;
// What CaDiCaL's solve returns.
constexpr int kUnknown = 0, kSatisfiable = 10, kUnsatisfiable = 20;

class OrderSearch {
 public:
  OrderSearch(const IsolationHistory& history, const Level& level, Clock::time_point until)
      : h_(history),
        level_(level),
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
    certain_rw_ = edges_.TakeRw();
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
      const std::vector<OrderEdge> chosen_rw = edges_.TakeRw();
      order_ = graph.Sorted(priority_);
      try {
        if (order_.size() < graph.nodes())
          Learn(graph);
        else if (!LearnRw(graph, chosen_rw))
          return Holds();
      } catch (const OutOfTime&) {
        return Late();
      }
      if (Clock::now() > until_) return Late();
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

  /// Of parallel snapshot isolation: an rw from which the others lead back is a clause as well.
  /// False where there is none.
  bool LearnRw(const OrderGraph& graph, std::vector<OrderEdge> rw) {
    rw.insert(rw.end(), certain_rw_.begin(), certain_rw_.end());
    if (rw.empty()) return false;
    std::vector<Edge> edges;
    for (const auto& others : {graph.certain(), graph.chosen()}) {
      for (const OrderEdge& e : others) edges.push_back({e.from, e.to, EdgeType::kWw});
    }
    for (const OrderEdge& e : rw) edges.push_back({e.from, e.to, EdgeType::kRw});
    const std::vector<Edge> returning =
        ReturningEdges(WalkGraph(graph.nodes(), edges), {Walk::Bit(EdgeType::kWw)}, EdgeType::kRw,
                       [&](uint64_t steps) { Step(steps); });
    boost::unordered_flat_set<uint64_t> pairs;
    for (const Edge& e : returning) pairs.insert(uint64_t{e.from} << 32 | e.to);
    const std::vector<uint32_t> everywhere(graph.nodes(), 0);
    size_t learnt = 0;
    for (const OrderEdge& e : rw) {
      if (!pairs.contains(uint64_t{e.from} << 32 | e.to)) continue;
      LearnCycle(graph.CycleThrough(e, everywhere));
      if (++learnt >= kCyclesARound) break;
    }
    return learnt > 0;
  }

  void Step(uint64_t steps) {
    steps_ += steps;
    if (steps_ < kStepsBetweenLooks) return;
    steps_ = 0;
    if (Clock::now() > until_) throw OutOfTime("out of time");
  }

  void LearnCycle(const std::vector<OrderEdge>& cycle) {
    for (const OrderEdge& step : cycle) {
      if (step.choice != 0) choices_.Use(step.choice, &solver_);
    }
    for (const OrderEdge& step : cycle) {
      if (step.choice != 0) solver_.add(-step.choice);
    }
    solver_.add(0);
    Note(cycle);
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
      LearnCycle(graph.CycleThrough(e, components));
      if (++learnt >= kCyclesARound) break;
    }
  }

  IsolationOrder Holds() {
    out_.decision = IsolationOrder::Decision::kHolds;
    if (level_.kind == Level::Kind::kParallelSnapshot) return std::move(out_);
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
  const Level level_;
  const Clock::time_point until_;
  const VersionChains chains_;
  CertainEdges edges_;
  VersionChoices choices_;
  CaDiCaL::Solver solver_;
  std::vector<OrderEdge> certain_rw_;
  std::vector<uint32_t> priority_, order_, suspects_, whole_chains_;
  uint64_t steps_ = 0;
  IsolationOrder out_;
};

}  // namespace

IsolationOrder FindIsolationOrder(const IsolationHistory& history, const IsolationLevel& level,
                                  Clock::time_point until) {
  return OrderSearch(history, level, until).Run();
}

}  // namespace cleave
