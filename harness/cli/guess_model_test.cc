// The model that a history suggests.
#include "harness/cli/guess_model.h"

#include <gtest/gtest.h>

#include "harness/history/reader.h"

namespace cleave {
namespace {

std::string GuessOf(const std::string& edn) { return GuessModel(ReadHistoryText(edn, "h")); }

TEST(GuessModel, FollowsFunctionsAndValues) {
  EXPECT_EQ(GuessOf("{:process 0, :type :invoke, :f :cas, :value [1 2]}"), "linearizable");
  EXPECT_EQ(GuessOf("{:process 0, :type :invoke, :value [[:r 1 nil] [:append 1 2]]}"), "append");
  EXPECT_EQ(GuessOf("{:process 0, :type :invoke, :f :add, :value 1}"
                    "{:process 1, :type :invoke, :f :read, :value nil}"
                    "{:process 1, :type :ok, :f :read, :value [1]}"),
            "set");
}

TEST(GuessModel, SuggestsNothingThatThereIsNot) {
  EXPECT_EQ(GuessOf("{:process 0, :type :invoke, :f :frobnicate, :value 1}"), "");
}

TEST(GuessModel, OfStringsThatArePutAndAppendedIsNoRegister) {
  EXPECT_EQ(GuessOf("{:process 0, :type :invoke, :f :put, :key 1, :value \"a\"}"
                    "{:process 1, :type :invoke, :f :append, :key 1, :value \"b\"}"),
            "kv-append");
}

}  // namespace
}  // namespace cleave
