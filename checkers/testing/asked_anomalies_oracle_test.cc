// --anomalies of register transactions against brute force: the cycles that there are under every
// order of each key's versions.
#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/testing/asked_histories.h"
#include "checkers/testing/cycle_oracle.h"
#include "checkers/testing/isolation_oracle.h"
#include "checkers/testing/random_transactions.h"
#include "checkers/transactions/rw_register.h"

namespace cleave {
namespace {

std::vector<Edge> EdgesUnder(const IsolationHistory& h, const VersionOrders& orders) {
  std::vector<Edge> edges;
  const auto add = [&](uint32_t from, uint32_t to, EdgeType type) {
    if (from != to && from != 0 && to != 0) edges.push_back({from - 1, to - 1, type});
  };
  const auto next = [&](uint32_t key, uint32_t writer) -> uint32_t {
    const std::vector<uint32_t>& order = orders[key];
    if (writer == 0) return order.empty() ? 0 : order[0];
    const auto place = std::find(order.begin(), order.end(), writer);
    return place + 1 == order.end() ? 0 : place[1];
  };
  for (uint32_t k = 0; k < orders.size(); ++k) {
    for (size_t i = 1; i < orders[k].size(); ++i) {
      add(orders[k][i - 1], orders[k][i], EdgeType::kWw);
    }
  }
  for (uint32_t t = 1; t < h.transactions.size(); ++t) {
    for (const ExternalRead& read : h.ReadsOf(t)) {
      add(read.writer, t, EdgeType::kWr);
      // Who replaces what he read himself depends on nobody, but the version behind is newer too.
      const uint32_t after = next(read.key, read.writer);
      add(t, after == t ? next(read.key, t) : after, EdgeType::kRw);
    }
    for (uint32_t other = 1; other < t; ++other) {
      const IsolationTransaction& before = h.transactions[other];
      if (before.session == h.transactions[t].session && before.ret != kNever) {
        add(other, t, EdgeType::kProcess);
      }
    }
  }
  return edges;
}

/// The classes of cycles of each order that has no G1c, which every model here proscribes.
std::vector<NameSet> CyclesOfOrders(const IsolationHistory& h) {
  std::vector<Node> nodes;
  for (uint32_t t = 1; t < h.transactions.size(); ++t) {
    nodes.push_back({h.transactions[t].call, h.transactions[t].ret});
  }
  std::vector<NameSet> all;
  OracleSomeVersions(h, [&](const VersionOrders& orders) {
    NameSet names = OracleCycles(nodes, EdgesUnder(h, orders));
    if (!names.contains("G1c")) all.push_back(std::move(names));
    return false;
  });
  return all;
}

TEST(AskedAnomaliesOracle, WhatIsFoundIsThereUnderEveryOrderAndWhatIsNotIsMissingUnderOne) {
  const char* const kAsked[] = {"G-single",         "G-nonadjacent",     "G2-item",
                                "G1c-process",      "G-single-process",  "G2-item-process",
                                "G1c-realtime",     "G-single-realtime", "G-nonadjacent-realtime",
                                "G2-item-realtime", "G0-realtime"};
  TestRandom random(17);
  uint64_t invalid = 0, valid = 0, unknown = 0;
  for (uint64_t i = 0; i < AskedHistories().value_or(50'000) / 20; ++i) {
    RandomTransactionOptions shape;
    shape.transactions = 3 + random.Below(3);
    shape.sessions = 2 + random.Below(3);
    shape.keys = 1 + random.Below(2);
    shape.operations = 3;
    const History history = RandomTransactionHistory(&random, shape);
    CheckOptions options;
    options.consistency_models = {"read-committed"};
    const CheckResult plain = CheckRwRegister(history, options);
    if (plain.verdict != Verdict::kValid) continue;
    const char* const anomaly = kAsked[random.Below(std::size(kAsked))];
    options.anomalies = {anomaly};
    const CheckResult result = CheckRwRegister(history, options);
    Deadline deadline(std::chrono::minutes(1));
    const IsolationHistory h = MakeIsolationHistory(RegisterHistory(history, &deadline));
    const NameSet forms = ImplyingAnomalies({anomaly});
    const std::vector<NameSet> orders = CyclesOfOrders(h);
    const auto shows = [&](const NameSet& names) {
      return std::any_of(forms.begin(), forms.end(),
                         [&](const std::string& form) { return names.contains(form); });
    };
    const bool everywhere = std::all_of(orders.begin(), orders.end(), shows);
    invalid += result.verdict == Verdict::kInvalid;
    valid += result.verdict == Verdict::kValid;
    unknown += result.verdict == Verdict::kUnknown;
    if (result.verdict == Verdict::kUnknown) continue;
    ASSERT_EQ(result.verdict == Verdict::kInvalid, everywhere)
        << "history " << i << ", " << anomaly << ": " << result.reason << "\n"
        << IsolationText(h);
  }
  printf("%llu invalid, %llu valid, %llu unknown\n", static_cast<unsigned long long>(invalid),
         static_cast<unsigned long long>(valid), static_cast<unsigned long long>(unknown));
  EXPECT_GT(invalid, valid / 40);
  EXPECT_LT(unknown, (invalid + valid) / 3);
}

}  // namespace
}  // namespace cleave
