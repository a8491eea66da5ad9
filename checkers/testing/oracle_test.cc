// The engines against brute force: every tiny history, and many random ones. The number of random
// ones is CLEAVE_ORACLE_HISTORIES (100,000 unless set). Every invalid verdict's evidence is judged
// by brute force as well: the cited operations alone must be impossible.
#include "checkers/testing/oracle.h"

#include <gtest/gtest.h>

#include "checkers/register/linearizable.h"
#include "checkers/register/register_frontier.h"
#include "checkers/streaming/set.h"
#include "checkers/testing/asked_histories.h"
#include "checkers/testing/random_history.h"
#include "checkers/transactions/append.h"
#include "checkers/transactions/append_replay.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

uint64_t HowMany() { return AskedHistories().value_or(100'000); }

std::string Text(const History& history) {
  std::string text;
  for (size_t i = 0; i < history.operations().size(); ++i) {
    const Operation& op = history.operations()[i];
    text += "[" + std::to_string(op.call) + "," +
            (op.ret == kNever ? std::string("∞") : std::to_string(op.ret)) + "] " +
            history.Describe(i) + "\n";
  }
  return text;
}

/// What was known when the last of the cited operations that returned did: the evidence speaks of a
/// prefix, in which a later return is still open. Brute force judges the cited operations as they
/// are.
testing::AssertionResult Agrees(const History& history, int* invalid) {
  const bool expected = OracleLinearizable(history, kNull);
  const CheckResult result = CheckLinearizable(history, {});
  if (result.verdict != (expected ? Verdict::kValid : Verdict::kInvalid)) {
    return testing::AssertionFailure() << "the oracle says " << expected << ", the checker "
                                       << VerdictName(result.verdict) << ":\n"
                                       << result.reason << "\n"
                                       << Text(history);
  }
  *invalid += !expected;
  for (const Anomaly& anomaly : result.anomalies) {
    if (OracleLinearizable(history, anomaly.operations, kNull)) {
      std::string cited;
      for (const uint32_t i : anomaly.operations) cited += std::to_string(i) + " ";
      return testing::AssertionFailure()
             << "evidence " << cited << "is possible: " << anomaly.explanation << "\n"
             << Text(history);
    }
  }
  return testing::AssertionSuccess();
}

/// Every history of `left` more operations over the words of an alphabet, all interleavings.
void Enumerate(const std::vector<std::string>& alphabet, int left, const std::string& so_far,
               const std::vector<std::string>& open, uint64_t* count, int* invalid) {
  if (left == 0 && open.empty()) {
    ++*count;
    const History history = ParseNotation(so_far);
    const auto agrees = Agrees(history, invalid);
    ASSERT_TRUE(agrees) << so_far;
    return;
  }
  if (left > 0 && open.size() < 3) {
    for (const std::string& word : alphabet) {
      auto opened = open;
      opened.push_back(word);
      Enumerate(alphabet, left - 1, so_far + word + " ", opened, count, invalid);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  for (size_t i = 0; i < open.size(); ++i) {
    auto rest = open;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    for (const char* end : {"! ", "~ "}) {
      if (end[0] == '~' && open[i][0] == 'r') continue;
      Enumerate(alphabet, left, so_far + open[i] + end, rest, count, invalid);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Oracle, EveryTinyRegisterHistoryIsJudgedAlike) {
  uint64_t count = 0;
  int invalid = 0;
  for (int operations = 1; operations <= 3; ++operations) {
    Enumerate({"w1", "w2", "r?1", "r?2", "r?nil", "c1>2", "cnil>1"}, operations, "", {}, &count,
              &invalid);
    if (HasFatalFailure()) return;
  }
  // Of four, with fewer words: the others meet in the three.
  Enumerate({"w1", "r?1", "r?2", "r?nil", "c1>2"}, 4, "", {}, &count, &invalid);
  RecordProperty("histories", std::to_string(count));
  printf("%llu histories\n", static_cast<unsigned long long>(count));
  EXPECT_GT(invalid, 1000);
  EXPECT_GT(count - static_cast<uint64_t>(invalid), 1000u);
}

TEST(Oracle, RandomRegisterHistoriesAreJudgedAlike) {
  const uint64_t count = HowMany();
  int invalid = 0;
  TestRandom random(2026);
  for (uint64_t i = 0; i < count; ++i) {
    RandomRegisterOptions options;
    options.operations = 3 + random.Below(9);
    options.concurrency = 1 + random.Below(6);
    options.values = 1 + random.Below(4);
    options.unique = random.Below(2) == 0;
    options.crash_percent = random.Below(3) * 20;
    options.fail_percent = random.Below(2) * 10;
    options.spoilt = random.Below(3);
    options.cas = random.Below(4) != 0;
    options.mismatches = random.Below(3) != 0;
    const History history = RandomRegisterHistory(&random, options);
    ASSERT_TRUE(Agrees(history, &invalid)) << "history number " << i;
  }
  RecordProperty("invalid", invalid);
  EXPECT_GT(invalid, static_cast<int>(count / 10));
  EXPECT_LT(invalid, static_cast<int>(count - count / 10));
}

TEST(Oracle, TheFrontierAloneJudgesAlikeWithAnyBeam) {
  const uint64_t count = HowMany();
  TestRandom random(99);
  std::vector<uint32_t> scratch;
  for (uint64_t i = 0; i < count; ++i) {
    RandomRegisterOptions options;
    options.operations = 4 + random.Below(9);
    options.concurrency = 2 + random.Below(5);
    options.values = 1 + random.Below(4);
    options.unique = random.Below(4) == 0;
    options.crash_percent = random.Below(4) * 15;
    options.spoilt = random.Below(3);
    options.mismatches = random.Below(3) != 0;
    const History history = RandomRegisterHistory(&random, options);
    const ByKey keys(history);
    const RegisterKey key = ExtractRegister(history, keys, 0, kNull, &scratch);
    FrontierBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1), 1 << 30};
    if (random.Below(2) == 0) bounds.first_beam = 1 + random.Below(3);
    const bool expected = OracleLinearizable(history, kNull);
    const FrontierResult result = CheckFrontier(key.ops, key.values.size(), bounds);
    ASSERT_EQ(result.decision, expected ? FrontierResult::Decision::kLinearizable
                                        : FrontierResult::Decision::kViolation)
        << "history number " << i << "\n"
        << Text(history);
  }
}

/// Otherwise the verdict is the same, and comes later.
bool IsReplayed(const History& history) {
  Deadline deadline(std::chrono::minutes(1));
  AppendHistory appends(history, &deadline);
  CheckResult result;
  ModelVerdict verdict({}, &result);
  CheckObservations(&appends, &verdict);
  const std::vector<bool> done = Replay(appends);
  return std::count(done.begin(), done.end(), false) == 0;
}

TEST(Oracle, RandomAppendHistoriesAreJudgedAlike) {
  const uint64_t count = HowMany() / 2;
  uint64_t invalid = 0, own_later = 0;
  TestRandom random(7);
  for (uint64_t i = 0; i < count; ++i) {
    RandomAppendOptions options;
    options.transactions = 2 + random.Below(6);
    options.concurrency = 1 + random.Below(4);
    options.keys = 1 + random.Below(3);
    options.crash_percent = random.Below(3) * 15;
    options.fail_percent = random.Below(2) * 10;
    options.spoilt = random.Below(3);
    const History history = RandomAppendHistory(&random, options);
    const bool expected = OracleStrictSerializable(history);
    const CheckResult result = CheckAppend(history, {});
    invalid += !expected;
    if (expected) {
      ASSERT_TRUE(IsReplayed(history)) << "history number " << i << "\n" << Text(history);
    }
    const bool read = result.data["reads"] != 0;  // otherwise nothing was shown
    ASSERT_EQ(result.verdict, !expected ? Verdict::kInvalid
                              : read    ? Verdict::kValid
                                        : Verdict::kUnknown)
        << "history number " << i << ": " << result.reason << "\n"
        << Text(history);
    for (const Anomaly& anomaly : result.anomalies) {
      own_later += anomaly.explanation.find("before it was made") != std::string::npos;
      ASSERT_FALSE(OracleStrictSerializable(history, anomaly.operations))
          << "history number " << i << ": the evidence is possible: " << anomaly.explanation << "\n"
          << Text(history);
    }
  }
  EXPECT_GT(own_later, 0u);
  EXPECT_GT(invalid, count / 20);
  EXPECT_LT(invalid, count - count / 10);
}

TEST(Oracle, RandomSetHistoriesAreJudgedAlike) {
  const uint64_t count = HowMany() / 2;
  uint64_t invalid = 0;
  TestRandom random(11);
  for (uint64_t i = 0; i < count; ++i) {
    RandomSetOptions options;
    options.operations = 3 + random.Below(7);
    options.concurrency = 1 + random.Below(4);
    options.crash_percent = random.Below(3) * 15;
    options.fail_percent = random.Below(2) * 10;
    options.spoilt = random.Below(3);
    const History history = RandomSetHistory(&random, options);
    const bool expected = OracleSet(history);
    const CheckResult result = CheckSet(history, {});
    invalid += !expected;
    ASSERT_EQ(result.verdict == Verdict::kInvalid, !expected)
        << "history number " << i << ": " << result.reason << "\n"
        << Text(history);
    for (const Anomaly& anomaly : result.anomalies) {
      ASSERT_FALSE(OracleSet(history, anomaly.operations))
          << "history number " << i << ": the evidence is possible: " << anomaly.explanation << "\n"
          << Text(history);
    }
  }
  EXPECT_GT(invalid, count / 20);
  EXPECT_LT(invalid, count - count / 10);
}

}  // namespace
}  // namespace cleave
