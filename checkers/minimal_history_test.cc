// Minimal histories of transactions: the same anomaly by the same checker, and none of them to
// spare.
#include "checkers/minimal_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>

#include "checkers/testing/asked_histories.h"
#include "checkers/testing/oracle.h"
#include "checkers/testing/random_history.h"
#include "checkers/testing/random_transactions.h"
#include "harness/history/excerpt.h"
#include "harness/history/journal.h"
#include "harness/history/notation.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

uint64_t HowManyToShrink() { return AskedHistories().value_or(3'000); }

bool HasAnomaly(const std::string& checker, const std::string& name, const std::string& text) {
  const CheckResult result =
      RunChecker(*FindChecker(checker), ReadHistoryText(text, "minimal"), {});
  return std::any_of(result.anomalies.begin(), result.anomalies.end(),
                     [&](const Anomaly& anomaly) { return anomaly.name == name; });
}

std::vector<uint32_t> AllOf(const History& history) {
  std::vector<uint32_t> all(history.operations().size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// The transactions of `history` but `left_out`, of whose writes nobody says anything.
std::string WithoutTransaction(const History& history, uint32_t left_out) {
  std::vector<uint32_t> rest = AllOf(history);
  std::erase(rest, left_out);
  Json written = Json::array();  // [key, value]
  const Operation& op = history.operations()[left_out];
  const bool answered = op.outcome == Outcome::kOk;
  for (const Json& mop : history.values().ToJson(answered ? op.output : op.input)) {
    if (mop[0] != "r") written.push_back({mop[1], mop[2]});
  }
  const auto gone = [&](const Json& key, const Json& value) {
    return std::find(written.begin(), written.end(), Json({key, value})) != written.end();
  };
  std::string text;
  for (Event& event : EventsOf(history, rest)) {
    Json mops = Json::array();
    for (Json mop : event.value) {
      if (mop[0] == "r" && mop[2].is_array()) {
        Json kept = Json::array();
        for (const Json& element : mop[2]) {
          if (!gone(mop[1], element)) kept.push_back(element);
        }
        mop[2] = kept;
      } else if (mop[0] == "r" && gone(mop[1], mop[2])) {
        continue;
      }
      mops.push_back(mop);
    }
    event.value = mops;
    AppendJsonLine(event, &text);
  }
  return text;
}

struct ShrunkCounts {
  std::map<std::string, uint64_t> names;
  uint64_t cited = 0, kept = 0;
};

void ExpectMinimal(const std::string& checker, const History& history, const Anomaly& anomaly,
                   ShrunkCounts* counts) {
  const std::string text = MinimalHistory(history, checker, anomaly, {});
  ASSERT_TRUE(HasAnomaly(checker, anomaly.name, text))
      << anomaly.name << ": " << anomaly.explanation << "\n"
      << text;
  const History minimal = ReadHistoryText(text, "minimal");
  const auto size = static_cast<uint32_t>(minimal.operations().size());
  for (uint32_t i = 0; i < size && size > 1; ++i) {
    ASSERT_FALSE(HasAnomaly(checker, anomaly.name, WithoutTransaction(minimal, i)))
        << anomaly.name << " without operation " << i << "\n"
        << text;
  }
  // What it saw of those that are left out is gone, not left for a read of nothing.
  const bool unwritten = HasAnomaly(checker, "unwritten", Excerpt(history, AllOf(history)));
  EXPECT_TRUE(unwritten || !HasAnomaly(checker, "unwritten", text)) << text;
  if (checker == "append") {
    ASSERT_FALSE(OracleStrictSerializable(minimal)) << text;
  }
  ++counts->names[anomaly.name];
  counts->cited += anomaly.operations.size();
  counts->kept += size;
}

void ExpectEveryAnomalyShrinks(const std::string& checker, size_t names,
                               const std::function<History(TestRandom*)>& make) {
  TestRandom random(17);
  ShrunkCounts counts;
  for (uint64_t i = 0; i < HowManyToShrink(); ++i) {
    const History history = make(&random);
    const CheckResult result = RunChecker(*FindChecker(checker), history, {});
    for (const Anomaly& anomaly : result.anomalies) {
      ExpectMinimal(checker, history, anomaly, &counts);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "history " << i << "\n"
                                                     << Excerpt(history, AllOf(history));
    }
  }
  uint64_t all = 0;
  for (const auto& [name, count] : counts.names) {
    printf("%s %llu, ", name.c_str(), static_cast<unsigned long long>(count));
    all += count;
  }
  printf("together %llu, operations cited %llu, minimal %llu\n",
         static_cast<unsigned long long>(all), static_cast<unsigned long long>(counts.cited),
         static_cast<unsigned long long>(counts.kept));
  EXPECT_GE(counts.names.size(), names);
  EXPECT_GT(all, HowManyToShrink() / 3);
}

TEST(MinimalHistory, OfListsShowsTheSameAnomalyAndNothingInItCanGo) {
  ExpectEveryAnomalyShrinks("append", 14, [](TestRandom* random) {
    RandomAppendOptions options;
    options.transactions = 3 + random->Below(7);
    options.concurrency = 1 + random->Below(4);
    options.keys = 1 + random->Below(3);
    options.crash_percent = random->Below(3) * 10;
    options.fail_percent = random->Below(2) * 10;
    options.spoilt = 1 + random->Below(3);
    return RandomAppendHistory(random, options);
  });
}

TEST(MinimalHistory, OfRegistersShowsTheSameAnomalyAndNothingInItCanGo) {
  ExpectEveryAnomalyShrinks("rw-register", 10, [](TestRandom* random) {
    RandomTransactionOptions options;
    options.transactions = 3 + random->Below(7);
    options.keys = 1 + random->Below(3);
    options.spoilt = random->Below(3);
    return RandomTransactionHistory(random, options);
  });
}

TEST(MinimalHistory, WhatNobodyAppendedStaysAndWhatIsLeftOutIsSeenByNobody) {
  const History history = ParseNotation("p0: ax1 ok | p0: ax2 ok | p1: rx123ry1 ok");
  const CheckResult result = RunChecker(*FindChecker("append"), history, {});
  ASSERT_EQ(result.anomalies.at(0).name, "unwritten");
  const std::string text = MinimalHistory(history, "append", result.anomalies[0], {});
  EXPECT_THAT(text, HasSubstr("[\"r\",\"x\",[3]]"));
  EXPECT_THAT(text, Not(HasSubstr("append")));
}

TEST(MinimalHistory, WhoGoesOnBehindACrashThatIsLeftOutIsStillAnotherClient) {
  const History history = ParseNotation("p0: ax1 ok | p0: ay1 info | p0: rx ok | p1: rx1 ok");
  const CheckResult result = RunChecker(*FindChecker("append"), history, {});
  ASSERT_EQ(result.anomalies.at(0).name, "G-single-realtime");
  const std::string text = MinimalHistory(history, "append", result.anomalies[0], {});
  EXPECT_TRUE(HasAnomaly("append", "G-single-realtime", text)) << text;
  EXPECT_FALSE(HasAnomaly("append", "G-single-process", text)) << text;
}

TEST(MinimalHistory, TheModelsThatWereAskedForDecideWhatIsAnAnomaly) {
  const History history = ParseNotation("p2: az1 ok | p0: rxrz1ay1 | p1: ryax1 | p0: ok | p1: ok");
  CheckOptions options;
  options.consistency_models = {"serializable"};
  const CheckResult result = RunChecker(*FindChecker("append"), history, options);
  ASSERT_EQ(result.anomalies.at(0).name, "G2-item");
  const std::string text = MinimalHistory(history, "append", result.anomalies[0], options);
  EXPECT_EQ(ReadHistoryText(text, "minimal").operations().size(), 2u);
}

}  // namespace
}  // namespace cleave
