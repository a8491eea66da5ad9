// See append.h. First what is no cycle, then the dependency graph; strict serializability first,
// and only where that fails the search for the classes of cycles.
#include "checkers/transactions/append.h"

#include <algorithm>

#include "checkers/transactions/append_graph.h"
#include "checkers/transactions/append_history.h"
#include "checkers/transactions/append_words.h"
#include "checkers/transactions/cycle_search.h"
#include "checkers/transactions/order_witness.h"
#include "checkers/transactions/outcome_lint.h"

namespace cleave {
namespace {

constexpr CycleOrder kEveryOrder[] = {CycleOrder::kNone, CycleOrder::kProcess,
                                      CycleOrder::kRealtime};

/// Where the look at a history ended.
struct AppendLook {
  std::string undecided;  // why it did not come to the end; ""
  size_t stuck = 0;       // nodes that could not be put in order
  NameSet unsettled;      // cycles whose existence depends on an order that nobody saw
};

/// The models that no more than cycles and the anomalies of observations can refute. Without
/// sessions, parallel snapshot isolation is the absence of cycles with one rw, and snapshot
/// isolation that of cycles whose rw are apart (Cerone & Gotsman 2018). What else a model asks,
/// such as atomic visibility, is not looked at.
NameSet DecidedModels(const NameSet& unsettled) {
  NameSet models{"read-uncommitted",
                 "read-committed",
                 "cursor-stability",
                 "consistent-view",
                 "parallel-snapshot-isolation",
                 "snapshot-isolation",
                 "repeatable-read",
                 "serializable",
                 "strong-session-read-uncommitted",
                 "strong-session-read-committed",
                 "strong-session-parallel-snapshot-isolation",
                 "strong-session-snapshot-isolation",
                 "strong-session-serializable",
                 "strong-read-uncommitted",
                 "strong-read-committed",
                 "strong-snapshot-isolation",
                 "strict-serializable"};
  // Where all is in order but for the unsettled, an order of the unseen is chosen that suits
  // serializability; then there are no such cycles at all, and nothing is unsettled.
  for (const std::string& cycle : unsettled) {
    for (const std::string& model : RuledOutModels({cycle})) models.erase(model);
  }
  return models;
}

/// All that is found where it is there, by these names and their unions.
NameSet SearchedAnomalies(const NameSet& unsettled) {
  NameSet names{"G1",
                "G1-process",
                "G1-realtime",
                "G2",
                "G2-process",
                "G2-realtime",
                "G1a",
                "G1b",
                "internal",
                "incompatible-order",
                "unwritten",
                "dirty-update",
                "duplicate-elements",
                "lost-append",
                "lost-update",
                "G-cursor",
                "cyclic-versions"};
  for (const CycleOrder order : kEveryOrder) {
    for (const CycleKind kind : {CycleKind::kG0, CycleKind::kG1c, CycleKind::kSingle,
                                 CycleKind::kNonadjacent, CycleKind::kG2}) {
      names.insert(CycleName({kind, order}, false));
      names.insert(CycleName({kind, order}, true));
    }
  }
  for (const std::string& cycle : unsettled) names.erase(cycle);
  return names;
}

/// All classes of cycles among what could not be put in order.
void LookForCycles(const AppendHistory& appends, const AppendOrder& order,
                   const std::vector<uint32_t>& on_cycles, ModelVerdict* verdict,
                   NameSet* unsettled) {
  AppendGraph built = BuildAppendGraph(appends, order, on_cycles);
  built.graph.Acyclic();
  const uint32_t first = order.stuck()[0];
  const uint32_t at = order.IsTransaction(first) ? first : 0;
  CycleSearch search(built.graph, std::move(built.process), std::move(built.unordered),
                     [&](uint64_t steps) { appends.Step(steps, at); });
  search.Run([&](CycleClass cycle, const CycleSearch::Evidence& evidence) {
    const std::string name = CycleName(cycle, false);
    if (!verdict->Count(name, CycleName(cycle, true))) return;
    std::vector<Edge> edges = evidence();
    for (Edge& e : edges) {
      e.from = built.transactions[e.from];
      e.to = built.transactions[e.to];
    }
    verdict->Explain(ExplainCycle(appends, name, edges));
  });
  for (const CycleOrder order_of_time : kEveryOrder) {
    for (const CycleKind kind : {CycleKind::kSingle, CycleKind::kNonadjacent}) {
      if (!search.Unsettled({kind, order_of_time})) continue;
      unsettled->insert(CycleName({kind, order_of_time}, false));
      unsettled->insert(CycleName({kind, order_of_time}, true));
    }
  }
}

AppendLook Look(AppendHistory* appends, const CheckOptions& options, ModelVerdict* verdict) {
  AppendLook look;
  try {
    CheckObservations(appends, verdict);
    if (const uint64_t memory = AppendOrder::Memory(*appends); memory > options.memory) {
      look.undecided = "undecided: out of memory: the graph of the transactions takes up to " +
                       std::to_string(memory) + " bytes, and " + std::to_string(options.memory) +
                       " are allowed";
      return look;
    }
    const AppendOrder order(*appends);
    const std::vector<uint32_t>& stuck = order.stuck();
    look.stuck = static_cast<size_t>(std::count_if(stuck.begin(), stuck.end(), [&](uint32_t node) {
      return order.IsTransaction(node) || order.IsRead(node);
    }));
    // Two updates of one version are a cycle, where the versions have an order.
    const bool ordered = std::none_of(appends->keys.begin(), appends->keys.end(),
                                      [](const AppendKey& key) { return key.ambiguous; });
    const std::vector<uint32_t> on_cycles = order.OnCycles();
    if (!stuck.empty() || !ordered) CheckUpdates(*appends, on_cycles, verdict);
    if (!stuck.empty()) LookForCycles(*appends, order, on_cycles, verdict, &look.unsettled);
  } catch (const OutOfTime& late) {
    look.undecided = std::string("undecided: ") + late.what();
  }
  return look;
}

}  // namespace

CheckResult CheckAppend(const History& history, const CheckOptions& options) {
  CheckResult result;
  result.checker = "append";
  ModelVerdict verdict(options, &result);
  Deadline deadline(options.timeout);
  AppendHistory appends(history, &deadline);
  AppendLook look = Look(&appends, options, &verdict);
  const size_t reads = appends.reads();
  size_t ok = 0, happened = 0, ambiguous = 0, disordered = 0;
  for (uint32_t t = 0; t < appends.transactions.size(); ++t) {
    ok += appends.transactions[t].outcome == Outcome::kOk;
    happened += appends.Happened(t);
  }
  for (const AppendKey& key : appends.keys) {
    ambiguous += key.ambiguous && !key.disordered;
    disordered += key.disordered;
  }
  result.data = {{"transactions", appends.transactions.size()},
                 {"ok", ok},
                 {"happened", happened},
                 {"keys", appends.keys.size()},
                 {"appends", appends.appends()},
                 {"reads", reads},
                 {"ambiguous-keys", ambiguous},
                 {"not-orderable", look.stuck}};
  if (look.undecided.empty() && ambiguous > 0) {
    look.undecided = std::to_string(ambiguous) +
                     " keys had an element appended twice, so that their "
                     "versions cannot be told apart; append each element once";
  } else if (look.undecided.empty() && disordered > 0) {
    look.undecided = std::to_string(disordered) +
                     " keys were read as lists that contradict each other, so that their versions "
                     "have no order";
  } else if (look.undecided.empty() && reads == 0) {
    look.undecided = "no read of a list completed, so nothing can be said of the appends";
  }
  verdict.Conclude(DecidedModels(look.unsettled), SearchedAnomalies(look.unsettled),
                   look.undecided);
  if (result.verdict == Verdict::kValid && look.stuck == 0 && verdict.found().empty()) {
    result.reason = "the " + std::to_string(happened) +
                    " transactions that happened can be put in one "
                    "order that respects real time";
  }
  if (options.witnesses != nullptr && result.verdict == Verdict::kValid)
    AddOrderWitnesses(appends, MakeIsolationHistory(appends), "list-append", options, &result);
  if (ambiguous > 0 || !verdict.found().empty()) LintOutcomes(appends, &result);
  return result;
}

}  // namespace cleave
