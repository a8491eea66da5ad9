// The live line's verdict comes from what is recorded, and costs little.
#include "harness/run/interim_verdict.h"

#include <gtest/gtest.h>

#include <atomic>

#include "harness/run/generator.h"

namespace cleave {
namespace {

std::string WaitForWords(InterimVerdict& verdict, int64_t elapsed, uint64_t bytes) {
  for (int i = 0; i < 1000; ++i) {
    const std::string words = verdict.Words(elapsed, bytes);
    if (words != "no verdict yet") return words;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return "never";
}

TEST(InterimVerdict, SaysUntilWhenItJudged) {
  InterimVerdict valid([](uint64_t) { return "valid"; });
  EXPECT_EQ(WaitForWords(valid, 12 * kSecond, 100), "valid up to 12s");
  InterimVerdict invalid([](uint64_t) { return "INVALID: stale-read"; });
  EXPECT_EQ(WaitForWords(invalid, 3 * kSecond, 100), "INVALID up to 3s: stale-read");
}

TEST(InterimVerdict, JudgesWhatWasRecordedWhenItWasAsked) {
  std::atomic<uint64_t> judged = 0;
  InterimVerdict verdict([&](uint64_t bytes) {
    judged = bytes;
    return "valid";
  });
  WaitForWords(verdict, kSecond, 1234);
  EXPECT_EQ(judged, 1234u);
}

TEST(InterimVerdict, SaysNothingWhereNothingCanBeSaid) {
  EXPECT_EQ(InterimVerdict(nullptr).Words(kSecond, 100), "no verdict yet");
  std::atomic<bool> called = false;
  InterimVerdict undecided([&](uint64_t) -> std::string {
    called = true;
    throw std::runtime_error("a history that cannot be judged");
  });
  EXPECT_EQ(undecided.Words(kSecond, InterimVerdict::kMostBytes + 1), "no verdict yet");
  EXPECT_FALSE(called);
  while (!called) undecided.Words(kSecond, 100);
  EXPECT_EQ(undecided.Words(kSecond, 100), "no verdict yet");
}

TEST(InterimVerdict, RestsAfterEachJudgement) {
  std::atomic<int> calls = 0;
  InterimVerdict verdict([&](uint64_t) {
    ++calls;
    return "valid";
  });
  WaitForWords(verdict, kSecond, 100);
  for (uint64_t bytes = 101; bytes < 200; ++bytes) verdict.Words(kSecond, bytes);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace cleave
