// Witnesses: every valid verdict's order passes the verifier, and the verifier refuses what is
// none.
#include "checkers/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "checkers/checker.h"
#include "checkers/testing/random_history.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;

/// What the verifier says of an order, by indices, of one register.
std::string Refusal(std::string_view notation, std::vector<uint32_t> order) {
  const History history = ParseNotation(notation);
  return Verify(history, {{"cas-register", kNoKey, std::move(order)}}, {}).value_or("");
}

TEST(Verify, AcceptsAnOrderThatExplainsEverything) {
  EXPECT_EQ(Refusal("p0: w1 | p1: r=1 | p0: ok", {0, 1}), "");
}

TEST(Verify, RefusesAWrongAnswer) {
  EXPECT_THAT(Refusal("p0: w1 | p1: r=1 | p0: ok", {1, 0}), HasSubstr("cannot happen"));
}

TEST(Verify, RefusesWhatRealTimeHasTheOtherWayRound) {
  EXPECT_THAT(Refusal("p0: w1 ok | p0: w2 ok", {1, 0}), HasSubstr("had returned before"));
}

TEST(Verify, RefusesAnOrderWithoutAnOperationThatHappened) {
  EXPECT_THAT(Refusal("p0: w1 ok | p0: w2 ok", {0}), HasSubstr("in no order"));
}

TEST(Verify, RefusesAnOperationDoneTwiceOrNotAtAll) {
  EXPECT_THAT(Refusal("p0: w1 ok", {0, 0}), HasSubstr("twice"));
  EXPECT_THAT(Refusal("p0: w1 fail", {0}), HasSubstr("failed"));
}

TEST(Verify, RefusesAModelThatThereIsNot) {
  const History history = ParseNotation("p0: acquire() ok");
  EXPECT_EQ(Verify(history, {{"mutex", kNoKey, {0}}}, {}), std::nullopt);
  EXPECT_NE(Verify(history, {{"mutexes", kNoKey, {0}}}, {}), std::nullopt);
}

TEST(Verify, ACasOfNoPairAndATransactionOfNoListsAreNoReasonToCrash) {
  EXPECT_THAT(Refusal("p0: cas(5)=5", {0}), HasSubstr("cannot happen"));
  const History history = ParseNotation("p0: txn([1,[2,3]])=[1,[2,3]]");
  EXPECT_EQ(Verify(history, {{"multi-register", kNoKey, {0}}}, {}), std::nullopt);
  EXPECT_EQ(RunChecker(*FindChecker("multi-register"), history, {}).verdict, Verdict::kValid);
}

TEST(Verify, ANullThatComesOutOfABagMayHaveBeenInside) {
  const History history =
      ParseNotation("p0: enqueue(nil) ok | p1: dequeue()=nil | p1: dequeue()=nil");
  EXPECT_EQ(Verify(history, {{"unordered-queue", kNoKey, {0, 1, 2}}}, {}), std::nullopt);
}

TEST(Verify, AFailedPutThatSawTheStringPutsNothing) {
  const History history =
      ParseNotation("p0: put(\"a\") ok | p1: put(\"b\") saw=\"a\" | p0: get()=\"a\"");
  EXPECT_EQ(Verify(history, {{"kv-append", kNoKey, {0, 1, 2}}}, {}), std::nullopt);
}

TEST(Verify, RefusesAnOrderThatMixesKeys) {
  EXPECT_THAT(Refusal("p0: x.w1 ok", {0}), HasSubstr("another object"));
}

TEST(Verify, ACrashedOperationMayBeLeftOut) {
  EXPECT_EQ(Refusal("p0: w1 info", {}), "");
  EXPECT_EQ(Refusal("p0: w1 info", {0}), "");
}

TEST(Witness, FilesGiveBackWhatWasWritten) {
  const History history = ParseNotation("p0: x.w1 ok | p1: y.w2 ok | p0: x.r=1");
  std::stringstream file;
  WriteWitnesses(file, history, {{"cas-register", 0, {0, 2}}, {"cas-register", 1, {1}}});
  EXPECT_EQ(file.str(),
            "{\"model\":\"cas-register\",\"key\":\"x\",\"order\":[0,4]}\n"
            "{\"model\":\"cas-register\",\"key\":\"y\",\"order\":[2]}\n");
  const auto read = ReadWitnesses(file, history);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].order, (std::vector<uint32_t>{0, 2}));
  EXPECT_EQ(Verify(history, read, {}), std::nullopt);
}

TEST(Witness, AFileThatIsNoneIsRefusedWithItsLine) {
  const History history = ParseNotation("p0: w1 ok");
  for (const char* text : {"nonsense", "{}", "{\"model\":\"m\",\"key\":null,\"order\":[1]}",
                           "{\"model\":\"m\",\"key\":\"z\",\"order\":[]}"}) {
    std::stringstream file(text);
    EXPECT_THROW(ReadWitnesses(file, history), std::invalid_argument) << text;
  }
}

TEST(Witness, AFileThatIsNestedTooDeeplyIsRefused) {
  const History history = ParseNotation("p0: w1 ok");
  std::stringstream file("{\"model\":\"m\",\"key\":" + std::string(1'000'000, '['));
  EXPECT_THROW(ReadWitnesses(file, history), std::invalid_argument);
  const std::string deep(1'000'000, '[');
  std::string whole = "{\"model\":\"m\",\"order\":[],\"key\":" + deep;
  whole += std::string(deep.size(), ']') + "}";
  std::stringstream closed(whole);
  EXPECT_THROW(ReadWitnesses(closed, history), std::invalid_argument);
}

TEST(Witness, EveryValidRegisterHasOneThatTheVerifierAccepts) {
  TestRandom random(7);
  uint64_t valid = 0;
  for (int i = 0; i < 20'000; ++i) {
    RandomRegisterOptions shape;
    shape.operations = 2 + random.Below(9);
    shape.unique = random.Below(2) == 0;
    shape.spoilt = random.Below(2);
    const History history = RandomRegisterHistory(&random, shape);
    std::vector<Witness> witnesses;
    CheckOptions options;
    options.witnesses = &witnesses;
    if (RunChecker(*FindChecker("linearizable"), history, options).verdict != Verdict::kValid) {
      continue;
    }
    ++valid;
    const auto refused = Verify(history, witnesses, {});
    ASSERT_EQ(refused, std::nullopt) << i;
  }
  EXPECT_GT(valid, 5'000u);
}

}  // namespace
}  // namespace cleave
