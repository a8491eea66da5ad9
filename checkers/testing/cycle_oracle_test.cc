// Classes of cycles, and the models that hold, against brute force: random graphs and random
// histories, half as many as CLEAVE_ORACLE_HISTORIES (100,000 unless set).
#include "checkers/testing/cycle_oracle.h"

#include <gtest/gtest.h>

#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_history.h"
#include "checkers/transactions/append.h"

namespace cleave {
namespace {

uint64_t CycleTrials() { return AskedHistories().value_or(50'000); }

struct RandomGraph {
  std::vector<Node> nodes;
  std::vector<Edge> edges, process;
};

/// Some dependencies between a few transactions of two or three processes, most of them in the
/// order of time.
RandomGraph MakeRandomGraph(TestRandom* random) {
  RandomGraph graph;
  const uint32_t size = 2 + random->Below(6);
  const uint32_t processes = 1 + random->Below(6);
  std::vector<uint32_t> last(processes, UINT32_MAX);
  Position now = 1;
  for (uint32_t i = 0; i < size; ++i) {
    const uint32_t p = random->Below(processes);
    if (last[p] != UINT32_MAX) {
      graph.nodes[last[p]].ret = now++;
      graph.process.push_back({last[p], i, EdgeType::kProcess});
    }
    graph.nodes.push_back({now++, kNever});
    last[p] = i;
  }
  constexpr EdgeType kTypes[] = {EdgeType::kWr, EdgeType::kRw, EdgeType::kRw, EdgeType::kWw,
                                 EdgeType::kUpdate};
  const uint32_t kinds = 2 + random->Below(4);
  for (uint32_t e = random->Below(2 * size + 1); e > 0; --e) {
    const uint32_t from = random->Below(size), to = random->Below(size);
    if (from > to && random->Below(3) == 0) continue;
    graph.edges.push_back({from, to, kTypes[random->Below(kinds)]});
  }
  return graph;
}

/// That a cycle is one: of edges that there are, and of the class that it is said to be.
void ExpectEvidence(const RandomGraph& graph, const std::string& name,
                    const std::vector<Edge>& cycle) {
  ASSERT_FALSE(cycle.empty()) << name;
  EXPECT_EQ(OracleCycleName(cycle), name);
  for (size_t i = 0; i < cycle.size(); ++i) {
    const Edge& e = cycle[i];
    EXPECT_EQ(e.to, cycle[(i + 1) % cycle.size()].from) << name;
    const auto same = [&](const Edge& other) {
      return other.from == e.from && other.to == e.to && other.type == e.type;
    };
    if (e.type == EdgeType::kRt) {
      EXPECT_LT(graph.nodes[e.from].ret, graph.nodes[e.to].call);
    } else if (e.type != EdgeType::kProcess) {
      EXPECT_TRUE(std::any_of(graph.edges.begin(), graph.edges.end(), same)) << name;
    }
  }
}

TEST(CycleOracle, RandomGraphsHaveTheSameClasses) {
  TestRandom random(41);
  std::map<std::string, uint64_t> seen;  // how often, by class
  for (uint64_t trial = 0; trial < CycleTrials(); ++trial) {
    const RandomGraph random_graph = MakeRandomGraph(&random);
    std::vector<Edge> all = random_graph.edges;
    all.insert(all.end(), random_graph.process.begin(), random_graph.process.end());
    const NameSet expected = OracleCycles(random_graph.nodes, all);
    TransactionGraph graph(random_graph.nodes, random_graph.edges);
    ASSERT_EQ(graph.Acyclic(), expected.empty()) << "graph " << trial;
    if (expected.empty()) continue;
    NameSet found;
    CycleSearch search(graph, random_graph.process, {}, [](uint64_t) {});
    search.Run([&](CycleClass cycle, const CycleSearch::Evidence& evidence) {
      const std::string name = CycleName(cycle, true);
      found.insert(name);
      ++seen[name];
      ExpectEvidence(random_graph, name, evidence());
    });
    ASSERT_EQ(ImpliedAnomalies(found), expected)
        << "graph " << trial << ": found " << ListNames(found);
    ASSERT_FALSE(HasFailure()) << "graph " << trial;
  }
  EXPECT_GE(seen.size(), kCycleKinds * kCycleOrders - 2) << "classes that were hardly ever there";
}

TEST(CycleOracle, RandomHistoriesHoldTheSameModels) {
  TestRandom random(43);
  uint64_t open = 0, told = 0;
  std::map<std::string, uint64_t> held, refuted;
  const uint64_t trials = CycleTrials() / 10;  // all orders of what nobody saw, and all models
  for (uint64_t trial = 0; trial < trials; ++trial) {
    RandomAppendOptions options;
    options.transactions = 2 + random.Below(6);
    options.concurrency = 1 + random.Below(4);
    options.keys = 1 + random.Below(3);
    options.crash_percent = random.Below(3) * 10;
    options.fail_percent = random.Below(2) * 10;
    options.spoilt = random.Below(4);
    const History history = RandomAppendHistory(&random, options);
    const CheckResult result = CheckAppend(history, {});
    const NameSet holds = ImpliedModels(result.data["holds"].get<NameSet>());
    Deadline deadline(std::chrono::minutes(1));
    AppendHistory appends(history, &deadline);
    CheckResult ignored;
    ModelVerdict observations({}, &ignored);
    CheckObservations(&appends, &observations);
    if (result.data["reads"] == 0 ||
        std::any_of(appends.keys.begin(), appends.keys.end(),
                    [](const AppendKey& key) { return key.ambiguous; }))
      continue;
    const NameSet expected = OracleModels(appends, observations.found());
    const NameSet cannot_tell = result.data["cannot-tell"].get<NameSet>();
    for (const char* model :
         {"read-uncommitted", "read-committed", "consistent-view", "parallel-snapshot-isolation",
          "snapshot-isolation", "repeatable-read", "serializable",
          "strong-session-read-uncommitted", "strong-session-read-committed",
          "strong-session-parallel-snapshot-isolation", "strong-session-snapshot-isolation",
          "strong-session-serializable", "strong-read-uncommitted", "strong-read-committed",
          "strong-snapshot-isolation", "strict-serializable"}) {
      ++told;
      if (cannot_tell.contains(model)) {
        ++open;
        continue;
      }
      ++(holds.contains(model) ? held : refuted)[model];
      ASSERT_EQ(holds.contains(model), expected.contains(model))
          << "history " << trial << ", " << model << ": " << result.reason << "\n"
          << ListNames(expected);
    }
  }
  EXPECT_LT(open, told / 100);
  EXPECT_EQ(held.size(), 16u);
  EXPECT_GE(refuted.size(), 12u);  // the strong sessions' weak levels fail seldom
}

}  // namespace
}  // namespace cleave
