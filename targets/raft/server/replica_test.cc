// How often a node writes a snapshot.
#include "targets/raft/server/replica.h"

#include <gtest/gtest.h>

namespace cleave::raft {
namespace {

ReplicaOptions ClusterOfOne() {
  ReplicaOptions options;
  options.names = {"n1"};
  options.snapshot_entries = 10;
  options.keep_entries = 2;
  return options;
}

/// A cluster of one with a disk that needs no time.
class RaftSnapshots : public testing::Test {
 protected:
  RaftSnapshots() {
    replica_.Tick(1000);
    Persist();
  }
  void Put(int times, const std::string& value) {
    const Value command = {{"f", "put"}, {"key", "k"}, {"value", value}};
    for (int i = 0; i < times; ++i) {
      replica_.Submit(++request_, {false, "", command.dump()}, 1000);
      Persist();
    }
  }
  uint64_t SnapshotIndex() const { return replica_.core().snapshot_index(); }

 private:
  void Persist() {
    while (const auto batch = replica_.TakePersist()) replica_.Persisted(batch->sequence);
    replica_.TakeResponses();
  }

  Replica replica_{ClusterOfOne(), {}, 0};
  uint64_t request_ = 0;
};

TEST_F(RaftSnapshots, ASmallStateIsWrittenEveryFewEntries) {
  Put(50, "small");
  EXPECT_GT(SnapshotIndex(), 40u);
}

TEST_F(RaftSnapshots, ALargeStateIsWrittenAfterMoreEntriesThanASmallOne) {
  const std::string large(3200, 'x');
  Put(10, large);
  const uint64_t first = SnapshotIndex();
  ASSERT_GT(first, 0u);
  Put(90, large);
  EXPECT_EQ(SnapshotIndex(), first);
  Put(20, large);
  EXPECT_GT(SnapshotIndex(), first);
}

}  // namespace
}  // namespace cleave::raft
