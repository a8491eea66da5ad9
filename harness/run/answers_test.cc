// What only looks, and what no store's data can be.
#include "harness/run/answers.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TEST(IsReadTest, ReadsAreReadsGetsAndTransactionsThatOnlyRead) {
  EXPECT_TRUE(IsRead("read", nullptr));
  EXPECT_TRUE(IsRead("get", nullptr));
  EXPECT_TRUE(IsRead("txn", ParseJson(R"([["r","x",null],["r","y",null]])")));
  EXPECT_FALSE(IsRead("txn", ParseJson(R"([["r","x",null],["append","y",1]])")));
  EXPECT_FALSE(IsRead("txn", ParseJson(R"([[1]])")));
  EXPECT_FALSE(IsRead("dequeue", nullptr));
}

Completion Nested(int depth) {
  Completion completion;
  completion.value = Json::array();
  for (int i = 1; i < depth; ++i) {
    Json outer = Json::array();
    outer.push_back(1);
    outer.push_back(std::move(completion.value));
    completion.value = std::move(outer);
  }
  return completion;
}

TEST(IsNonsenseTest, IsWhatIsNestedMoreThan64Deep) {
  EXPECT_FALSE(IsNonsense(Completion{}));
  EXPECT_FALSE(IsNonsense(Nested(64)));
  EXPECT_TRUE(IsNonsense(Nested(65)));
}

TEST(IsNonsenseTest, DoesNotOverflowTheStackItProtects) {
  EXPECT_TRUE(IsNonsense(Nested(100'000)));
}

TEST(IsNonsenseTest, IsAlsoLookedForInWhatWasObserved) {
  Completion completion;
  completion.observed = Nested(65).value;
  EXPECT_TRUE(IsNonsense(completion));
}

}  // namespace
}  // namespace cleave
