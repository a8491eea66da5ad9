// See append.h. First what is no cycle, then the dependency graph; strict serializability first,
// and only where that fails the search for the shortest cycle of the plainest class.
#include "checkers/transactions/append.h"

#include <algorithm>

#include "checkers/no_index.h"
#include "checkers/transactions/append_history.h"
#include "checkers/transactions/transaction_graph.h"

namespace cleave {
namespace {

constexpr uint64_t kSearchBudget = 200'000'000;  // edges looked at for the sake of shorter evidence
constexpr size_t kMostStarts = 2000;

/// Node numbers are transactions; behind them one node a key, standing for "the end of its list".
class GraphBuilder {
 public:
  explicit GraphBuilder(AppendHistory* appends) : a_(*appends) {}

  TransactionGraph Build() {
    std::vector<Node> nodes;
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      const Operation& op = a_.history.operations()[a_.transactions[t].operation];
      nodes.push_back({op.call, op.ret});
    }
    nodes.resize(nodes.size() + a_.keys.size(), {0, kNever});
    VersionEdges();
    Unseen();
    ReadEdges();
    EndEdges();
    return TransactionGraph(std::move(nodes), std::move(edges_));
  }

 private:
  uint32_t End(uint32_t key) const { return static_cast<uint32_t>(a_.transactions.size()) + key; }

  /// The transaction of an element in a version order; kNone where there is no committed one.
  uint32_t Writer(uint32_t key, ValueId element) {
    const Append* append = a_.Find(key, element);
    if (append == nullptr || !a_.Happened(append->transaction)) return kNone;
    return append->transaction;
  }

  void VersionEdges() {
    for (uint32_t k = 0; k < a_.keys.size(); ++k) {
      if (a_.keys[k].ambiguous) continue;
      const auto order = a_.Elements(a_.keys[k].longest);
      for (size_t p = 1; p < order.size(); ++p) {
        const uint32_t from = Writer(k, order[p - 1]), to = Writer(k, order[p]);
        if (from == kNone || to == kNone) continue;
        edges_.push_back({from, to, EdgeType::kWw, a_.names[k].name, order[p - 1], order[p]});
      }
    }
  }

  /// Appends that happened and that nobody saw come after every one that was seen.
  void Unseen() {
    unseen_.resize(a_.keys.size());
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (!a_.Happened(t)) continue;
      for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
        const MicroOp& m = a_.mops[i];
        if (!m.write || a_.keys[m.key].ambiguous) continue;
        if (a_.Find(m.key, m.value)->position != kNone) continue;
        a_.Step(1, t);
        auto& unseen = unseen_[m.key];
        if (!unseen.empty() && unseen.back().transaction == t) continue;
        unseen.push_back({t, m.value});
        const auto order = a_.Elements(a_.keys[m.key].longest);
        const uint32_t last = order.empty() ? kNone : Writer(m.key, order.back());
        if (last == kNone) continue;
        edges_.push_back({last, t, EdgeType::kWw, a_.names[m.key].name, order.back(), m.value});
      }
    }
  }

  void ReadEdges() {
    readers_.resize(a_.keys.size());
    for (uint32_t t = 0; t < a_.transactions.size(); ++t) {
      if (a_.transactions[t].outcome != Outcome::kOk) continue;
      for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
        if (!a_.mops[i].write && !a_.keys[a_.mops[i].key].ambiguous) Read(t, a_.mops[i]);
      }
    }
  }

  void Read(uint32_t t, const MicroOp& m) {
    a_.Step(1, t);
    const auto seen = a_.Elements(m.value);
    const auto order = a_.Elements(a_.keys[m.key].longest);
    const ValueId name = a_.names[m.key].name;
    if (!seen.empty()) {
      const uint32_t writer = Writer(m.key, seen.back());
      if (writer != kNone)
        edges_.push_back({writer, t, EdgeType::kWr, name, seen.back(), kNoValue});
    }
    if (seen.size() < order.size()) {
      const uint32_t next = Writer(m.key, order[seen.size()]);
      if (next != kNone)
        edges_.push_back({t, next, EdgeType::kRw, name, m.value, order[seen.size()]});
    } else if (readers_[m.key].empty() || readers_[m.key].back() != t) {
      readers_[m.key].push_back(t);
    }
  }

  /// Each reader of a whole list precedes each unseen append, through the key's end: readers +
  /// appends edges, not their product. Those that are both are joined directly, as nobody precedes
  /// himself.
  void EndEdges() {
    for (uint32_t k = 0; k < a_.keys.size(); ++k) {
      const auto &readers = readers_[k], unseen_readers = Both(k);
      const auto& unseen = unseen_[k];
      if (readers.empty() || unseen.empty()) continue;
      const auto both = [&](uint32_t t) {
        return std::binary_search(unseen_readers.begin(), unseen_readers.end(), t);
      };
      const ValueId name = a_.names[k].name, list = a_.keys[k].longest;
      for (const uint32_t r : readers) {
        if (!both(r)) edges_.push_back({r, End(k), EdgeType::kRw, name, list, kNoValue});
      }
      for (const auto& u : unseen) {
        if (!both(u.transaction)) {
          edges_.push_back({End(k), u.transaction, EdgeType::kRw, name, list, u.element});
          for (size_t i = 0; i < unseen_readers.size() && i < 2; ++i) {
            edges_.push_back(
                {unseen_readers[i], u.transaction, EdgeType::kRw, name, list, u.element});
          }
          continue;
        }
        // With one such transaction all edges are drawn; two of them contradict each other already.
        if (u.transaction != unseen_readers[0] && u.transaction != unseen_readers.back()) continue;
        for (const uint32_t r : readers) {
          edges_.push_back({r, u.transaction, EdgeType::kRw, name, list, u.element});
        }
      }
    }
  }

  std::vector<uint32_t> Both(uint32_t k) const {
    std::vector<uint32_t> both;
    size_t r = 0;  // both lists are in call order
    for (const auto& u : unseen_[k]) {
      while (r < readers_[k].size() && readers_[k][r] < u.transaction) ++r;
      if (r < readers_[k].size() && readers_[k][r] == u.transaction) both.push_back(u.transaction);
    }
    return both;
  }

  struct UnseenAppend {
    uint32_t transaction;
    ValueId element;
  };
  AppendHistory& a_;
  std::vector<Edge> edges_;
  std::vector<std::vector<UnseenAppend>> unseen_;
  std::vector<std::vector<uint32_t>> readers_;  // of the whole list
};

class CycleReport {
 public:
  CycleReport(const AppendHistory& appends, const TransactionGraph& graph,
              const CheckOptions& options, CheckResult* result)
      : a_(appends), graph_(graph), options_(options), result_(*result) {}

  void Run() {
    uint64_t budget = kSearchBudget;
    const size_t nodes = a_.transactions.size() + a_.keys.size();
    bool found = false;
    std::vector<bool> inside(nodes, false);
    for (const std::vector<uint32_t>& component : graph_.Components()) {
      if (result_.anomalies.size() >= options_.max_anomalies || budget == 0) {
        ++result_.anomaly_count;  // there is a cycle in it, whichever it is
        continue;
      }
      for (const uint32_t node : component) inside[node] = true;
      found |= Search(component, inside, false, &budget);
      for (const uint32_t node : component) inside[node] = false;
    }
    if (found) return;
    uint64_t pairs = 0;
    for (const std::vector<Edge>& pair : graph_.RealTimePairs(options_.max_anomalies, &pairs))
      Report(pair);
    if (pairs > 0) {
      result_.anomaly_count += pairs - std::min<uint64_t>(pairs, options_.max_anomalies);
      return;
    }
    for (const uint32_t node : graph_.Stuck()) inside[node] = true;
    if (Search(graph_.Stuck(), inside, true, &budget)) return;
    ++result_.anomaly_count;
    Anomaly anomaly{"cycle",
                    "The transactions cannot be put in an order that respects real time: " +
                        std::to_string(graph_.Stuck().size()) +
                        " of them wait for each other. The cycle "
                        "itself is too long to be found within bounds.",
                    {},
                    kNoKey,
                    nullptr};
    anomaly.operations.push_back(a_.transactions[graph_.Stuck()[0]].operation);
    result_.anomalies.push_back(std::move(anomaly));
  }

 private:
  /// The shortest cycle of the plainest class that there is: G0, G1c, G-single, then any.
  bool Search(const std::vector<uint32_t>& all, const std::vector<bool>& inside, bool real_time,
              uint64_t* budget) {
    const std::span<const uint32_t> starts(all.data(), std::min(all.size(), kMostStarts));
    struct Kinds {
      bool wr;
      int rw;
    };
    // An unseen append is two edges away from its readers, through the key's end: 2 stands for one.
    for (const Kinds kinds : {Kinds{false, 0}, Kinds{true, 0}, Kinds{true, 2}, Kinds{true, -1}}) {
      const auto cycle =
          graph_.ShortestCycle(starts, inside, kinds.wr, kinds.rw, real_time, budget);
      if (!cycle) continue;
      Report(*cycle);
      return true;
    }
    return false;
  }

  bool IsEnd(uint32_t node) const { return node >= a_.transactions.size(); }

  /// Two edges through a key's end are one: from a reader to an append that it did not see.
  std::vector<Edge> WithoutEnds(std::vector<Edge> cycle) const {
    if (IsEnd(cycle[0].from)) std::rotate(cycle.begin(), cycle.begin() + 1, cycle.end());
    std::vector<Edge> whole;
    for (const Edge& e : cycle) {
      if (IsEnd(e.from)) {
        whole.back().to = e.to;
        whole.back().b = e.b;
      } else {
        whole.push_back(e);
      }
    }
    return whole;
  }

  static std::string Class(const std::vector<Edge>& cycle) {
    size_t wr = 0, rw = 0, rt = 0;
    for (const Edge& e : cycle) {
      wr += e.type == EdgeType::kWr;
      rw += e.type == EdgeType::kRw;
      rt += e.type == EdgeType::kRt;
    }
    const std::string name = rw > 1 ? "G2-item" : rw == 1 ? "G-single" : wr > 0 ? "G1c" : "G0";
    return name + (rt > 0 ? "-realtime" : "");
  }

  void Report(const std::vector<Edge>& found) {
    const std::vector<Edge> cycle = WithoutEnds(found);
    ++result_.anomaly_count;
    if (result_.anomalies.size() >= options_.max_anomalies) return;
    Anomaly anomaly{Class(cycle), "", {}, kNoKey, nullptr};
    std::string& text = anomaly.explanation;
    text = "These transactions must each come before the next, in a circle. ";
    std::vector<std::string> steps;
    for (size_t i = 0; i < cycle.size(); ++i) {
      text += "T" + std::to_string(i + 1) + " is " + a_.NameOf(cycle[i].from) + ". ";
    }
    for (size_t i = 0; i < cycle.size(); ++i) {
      const std::string from = "T" + std::to_string(i + 1);
      const std::string to = "T" + std::to_string((i + 1) % cycle.size() + 1);
      steps.push_back(Sentence(cycle[i], from, to));
      text += steps.back() + (i + 1 < cycle.size() ? " " : "");
    }
    anomaly.detail = {{"steps", steps}};
    anomaly.operations = Evidence(cycle);
    result_.anomalies.push_back(std::move(anomaly));
  }

  /// The operations of the cycle, and the readers without whom it would be no more than a claim:
  /// those that show an order of appends, or that one of unknown outcome happened.
  std::vector<uint32_t> Evidence(const std::vector<Edge>& cycle) const {
    std::vector<uint32_t> transactions;
    for (const Edge& e : cycle) {
      transactions.push_back(e.from);
      if (e.type == EdgeType::kWw) transactions.push_back(ReaderOf(e.from, e));
      if (a_.transactions[e.from].outcome != Outcome::kOk) transactions.push_back(Witness(e.from));
    }
    std::vector<uint32_t> operations;
    for (const uint32_t t : transactions) operations.push_back(a_.transactions[t].operation);
    std::sort(operations.begin(), operations.end());
    operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
    return operations;
  }

  /// Who read the whole list that an edge between two appends comes from. `t` is its source.
  uint32_t ReaderOf(uint32_t t, const Edge& e) const {
    for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
      const MicroOp& m = a_.mops[i];
      if (m.write && m.value == e.a && a_.names[m.key].name == e.key)
        return a_.keys[m.key].longest_reader;
    }
    return t;
  }

  /// A reader who saw an append of `t`.
  uint32_t Witness(uint32_t t) const {
    for (uint32_t i = a_.transactions[t].begin; i < a_.transactions[t].end; ++i) {
      const MicroOp& m = a_.mops[i];
      if (m.write && !a_.keys[m.key].ambiguous && a_.Find(m.key, m.value)->position != kNone)
        return a_.keys[m.key].longest_reader;
    }
    return t;
  }

  std::string Sentence(const Edge& e, const std::string& from, const std::string& to) const {
    const ValueTable& values = a_.history.values();
    const auto text = [&](ValueId v) { return values.ToShortText(v); };
    const auto& ops = a_.history.operations();
    switch (e.type) {
      case EdgeType::kWw:
        return from + " appended " + text(e.a) + " to key " + text(e.key) + " before " + to +
               " appended " + text(e.b) + ", as " + a_.NameOf(ReaderOf(e.from, e)) + " shows.";
      case EdgeType::kWr:
        return to + " read " + text(e.a) + ", which " + from + " had appended to key " +
               text(e.key) + ".";
      case EdgeType::kRw:
        return from + " read key " + text(e.key) + " as " + (e.a == kNull ? "[]" : text(e.a)) +
               ", without the " + text(e.b) + " that " + to + " appended.";
      case EdgeType::kRt: break;
    }
    return from + " had returned (event " +
           std::to_string(ops[a_.transactions[e.from].operation].ret) + ") before " + to +
           " was called (event " + std::to_string(ops[a_.transactions[e.to].operation].call) + ").";
  }

  const AppendHistory& a_;
  const TransactionGraph& graph_;
  const CheckOptions& options_;
  CheckResult& result_;
};

/// The most that the graph takes: an append or a read has three edges at most, kept twice while
/// they are sorted.
uint64_t GraphMemory(const AppendHistory& appends) {
  return appends.mops.size() * 6 * sizeof(Edge) +
         (appends.transactions.size() + appends.keys.size()) * 8 * sizeof(Node);
}

/// Looks for anomalies. Returns why it could not come to the end, or "".
std::string Look(AppendHistory* appends, const CheckOptions& options, size_t* stuck,
                 CheckResult* result) {
  try {
    if (!CheckObservations(appends, options, result)) return "";
    if (const uint64_t memory = GraphMemory(*appends); memory > options.memory) {
      return "out of memory: the graph of the transactions takes up to " + std::to_string(memory) +
             " bytes, and " + std::to_string(options.memory) + " are allowed";
    }
    TransactionGraph graph = GraphBuilder(appends).Build();
    if (graph.Acyclic()) return "";
    *stuck = graph.Stuck().size();
    CycleReport(*appends, graph, options, result).Run();
  } catch (const OutOfTime& late) {
    return late.what();
  }
  return "";
}

}  // namespace

CheckResult CheckAppend(const History& history, const CheckOptions& options) {
  CheckResult result;
  result.checker = "append";
  Deadline deadline(options.timeout);
  AppendHistory appends(history, &deadline);
  size_t stuck = 0;
  const std::string undecided = Look(&appends, options, &stuck, &result);
  size_t ok = 0, happened = 0, ambiguous = 0, reads = 0;
  for (uint32_t t = 0; t < appends.transactions.size(); ++t) {
    ok += appends.transactions[t].outcome == Outcome::kOk;
    happened += appends.Happened(t);
  }
  for (const AppendKey& key : appends.keys) ambiguous += key.ambiguous;
  for (const MicroOp& m : appends.mops) reads += !m.write;
  result.data = {{"transactions", appends.transactions.size()},
                 {"ok", ok},
                 {"happened", happened},
                 {"keys", appends.keys.size()},
                 {"appends", appends.appends()},
                 {"reads", reads},
                 {"ambiguous-keys", ambiguous},
                 {"not-orderable", stuck}};
  if (result.anomaly_count > 0) {
    result.verdict = Verdict::kInvalid;
    result.reason = "not strictly serializable" + (result.anomalies.empty()
                                                       ? ""
                                                       : ": " + result.anomalies[0].name + ". " +
                                                             result.anomalies[0].explanation);
  } else if (!undecided.empty()) {
    result.verdict = Verdict::kUnknown;
    result.reason = "undecided: " + undecided;
  } else if (ambiguous > 0) {
    result.verdict = Verdict::kUnknown;
    result.reason = std::to_string(ambiguous) +
                    " keys had an element appended twice, so that their "
                    "versions cannot be told apart; append each element once";
  } else if (reads == 0) {
    result.verdict = Verdict::kUnknown;
    result.reason = "no read of a list completed, so nothing can be said of the appends";
  } else {
    result.reason = "the " + std::to_string(happened) +
                    " transactions that happened can be put in one "
                    "order that respects real time";
  }
  return result;
}

}  // namespace cleave
