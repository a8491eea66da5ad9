// A test that is judged while it goes on.
#include <gtest/gtest.h>

#include "harness/run/memory_test.h"

namespace cleave {
namespace {

using OnlineStop = TestTest;

/// A judge that finds a violation in the n-th event that it sees.
TestSetup::Online ConvictsAt(int n, std::shared_ptr<int> seen) {
  return {[n, seen](const Event&) { return ++*seen == n ? "stale-read at event 9" : ""; }, nullptr};
}

TEST_F(OnlineStop, StopsAtTheFirstViolationAndHeals) {
  setup_.options.ops = 100'000;
  const auto seen = std::make_shared<int>(0);
  setup_.online = ConvictsAt(10, seen);
  const TestOutcome outcome = Run();
  EXPECT_EQ(outcome.violation, "stale-read at event 9");
  EXPECT_EQ(outcome.error, "");
  EXPECT_LT(outcome.counts.invoked, 100);
  EXPECT_EQ(*seen, 10) << "nothing is judged after it";
  EXPECT_TRUE(nemesis_.Active().empty());
  ExpectAllStopped();
}

// Without them a set said "lost" of what only the last reader, cut off, did not have.
TEST_F(OnlineStop, FinalReadsFollowAViolation) {
  setup_.options.ops = 100'000;
  setup_.online = ConvictsAt(10, std::make_shared<int>(0));
  Run();
  EXPECT_EQ(Count("read", "ok"), 3);
  EXPECT_EQ(Phases().back(), "done");
}

TEST_F(OnlineStop, AViolationInTheFinalReadsDoesNotCutThem) {
  setup_.options.ops = 20;
  setup_.nemesis_generator = nullptr;
  setup_.online.take = [](const Event& event) { return event.f == "read" ? "stale-read" : ""; };
  EXPECT_NE(Run().violation, "");
  EXPECT_EQ(Count("read", "ok"), 3);
}

TEST_F(OnlineStop, GoesOnAfterAViolationWhereItIsToldTo) {
  setup_.options.keep_going = true;
  setup_.options.ops = 200;
  setup_.online = ConvictsAt(10, std::make_shared<int>(0));
  const TestOutcome outcome = Run();
  EXPECT_EQ(outcome.violation, "stale-read at event 9");
  EXPECT_GE(outcome.counts.invoked, 200);
}

}  // namespace
}  // namespace cleave
