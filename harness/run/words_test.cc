// The nearest right word.
#include "harness/run/words.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TEST(Words, FindsTheWordThatWasMeant) {
  const std::vector<std::string> words = {"raft", "etcd", "partition", "--nemesis",
                                          "--concurrency"};
  for (const auto& [typed, meant] :
       std::vector<std::pair<std::string, std::string>>{{"rfat", "raft"},
                                                        {"etc", "etcd"},
                                                        {"partitions", "partition"},
                                                        {"part", "partition"},
                                                        {"--nemsis", "--nemesis"},
                                                        {"--concurency", "--concurrency"}}) {
    EXPECT_EQ(Nearest(typed, words), meant);
  }
}

TEST(Words, SaysNothingWhenNoWordIsNear) {
  EXPECT_EQ(Nearest("zookeeper", {"raft", "etcd"}), "");
  EXPECT_EQ(Nearest("x", {"raft"}), "");
}

TEST(Words, NamesTheWordAndTheWholeList) {
  EXPECT_EQ(UnknownWord("target", "rfat", {"etcd", "raft"}),
            "unknown target 'rfat': did you mean 'raft'?\n  known: etcd, raft");
}

}  // namespace
}  // namespace cleave
