// The data directory: what was written is found again, torn tails are cut, corruption is refused.
#include "targets/raft/server/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace cleave::raft {
namespace {

using testing::HasSubstr;

class RaftStorage : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "raft-storage-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  static Batch Entries(uint64_t first, uint64_t count, uint64_t term) {
    Batch batch;
    batch.hard_state = HardState{term, 1};
    for (uint64_t i = first; i < first + count; ++i) {
      batch.entries.push_back({i, term, "entry " + std::to_string(i)});
    }
    return batch;
  }
  void Write(const std::vector<Batch>& batches) {
    Storage storage(directory_);
    storage.Load();
    for (const Batch& batch : batches) storage.Write(batch);
  }
  Recovered Read() { return Storage(directory_).Load(); }
  std::string Refusal() {
    try {
      Read();
    } catch (const StorageError& error) {
      return error.what();
    }
    return "";
  }
  std::string Bytes(const std::string& name) {
    std::ifstream in(directory_ / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  void SetBytes(const std::string& name, const std::string& bytes) {
    std::ofstream(directory_ / name, std::ios::binary) << bytes;
  }

  std::filesystem::path directory_;
};

TEST_F(RaftStorage, FreshDirectoryIsEmpty) {
  const Recovered recovered = Read();
  EXPECT_EQ(recovered.hard_state, HardState{});
  EXPECT_EQ(recovered.log.LastIndex(), 0u);
}

TEST_F(RaftStorage, WhatWasWrittenIsFoundAgain) {
  Write({Entries(1, 3, 1), Entries(4, 2, 2)});
  const Recovered recovered = Read();
  EXPECT_EQ(recovered.hard_state, (HardState{2, 1}));
  EXPECT_EQ(recovered.log.LastIndex(), 5u);
  EXPECT_EQ(recovered.log.At(5).command, "entry 5");
}

TEST_F(RaftStorage, LaterEntriesReplaceConflictingOnes) {
  Write({Entries(1, 5, 1), Entries(3, 1, 2)});
  const Recovered recovered = Read();
  EXPECT_EQ(recovered.log.LastIndex(), 3u);
  EXPECT_EQ(recovered.log.LastTerm(), 2u);
}

TEST_F(RaftStorage, TornTailIsCutAtEveryLength) {
  Write({Entries(1, 1, 1)});
  const size_t whole = Bytes("log").size();
  Write({Entries(2, 2, 1)});
  const std::string bytes = Bytes("log");
  for (size_t n = whole; n < bytes.size(); ++n) {
    SetBytes("log", bytes.substr(0, n));
    EXPECT_EQ(Read().log.LastIndex(), 1u);
    EXPECT_EQ(Bytes("log").size(), whole);
  }
}

TEST_F(RaftStorage, WritingGoesOnAfterATornTail) {
  Write({Entries(1, 1, 1)});
  SetBytes("log", Bytes("log") + "torn");
  Write({Entries(2, 1, 1)});
  EXPECT_EQ(Read().log.LastIndex(), 2u);
}

TEST_F(RaftStorage, ZerosAtTheEndAreATornTail) {
  Write({Entries(1, 1, 1)});
  SetBytes("log", Bytes("log") + std::string(4096, '\0'));
  EXPECT_EQ(Read().log.LastIndex(), 1u);
}

TEST_F(RaftStorage, DamageBeforeAGoodRecordIsRefused) {
  Write({Entries(1, 1, 1)});
  const size_t first = Bytes("log").size();
  Write({Entries(2, 1, 1)});
  std::string bytes = Bytes("log");
  bytes[first - 1] ^= 1;
  SetBytes("log", bytes);
  EXPECT_THAT(Refusal(), HasSubstr("fails its checksum and a good one follows"));
}

TEST_F(RaftStorage, ForeignLogIsRefused) {
  SetBytes("log", "something else");
  EXPECT_THAT(Refusal(), HasSubstr("is not a log of this program"));
}

class RaftSnapshotStorage : public RaftStorage {
 protected:
  static Batch WithSnapshot(uint64_t index, uint64_t base) {
    Batch batch = Entries(base + 1, 5, 1);
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->index = index;
    snapshot->term = 1;
    snapshot->state = "state";
    batch.snapshot = snapshot;
    batch.base_index = base;
    batch.base_term = 1;
    return batch;
  }
};

TEST_F(RaftSnapshotStorage, SnapshotReplacesThePrefixOfTheLog) {
  Write({Entries(1, 10, 1), WithSnapshot(8, 6), Entries(12, 1, 1)});
  const Recovered recovered = Read();
  ASSERT_TRUE(recovered.snapshot);
  EXPECT_EQ(recovered.snapshot->index, 8u);
  EXPECT_EQ(recovered.snapshot->state, "state");
  EXPECT_EQ(recovered.log.base_index(), 6u);
  EXPECT_EQ(recovered.log.LastIndex(), 12u);
}

TEST_F(RaftSnapshotStorage, SnapshotStandsAloneWhenTheLogWasNotRewritten) {
  Write({Entries(1, 3, 1)});
  const std::string old_log = Bytes("log");
  Write({WithSnapshot(20, 18)});
  SetBytes("log", old_log);
  EXPECT_EQ(Read().log.LastIndex(), 20u);
  Write({Entries(21, 1, 1)});
  EXPECT_EQ(Read().log.LastIndex(), 21u);
}

TEST_F(RaftSnapshotStorage, DamagedSnapshotIsRefused) {
  Write({WithSnapshot(8, 6)});
  std::string bytes = Bytes("snapshot");
  bytes.back() ^= 1;
  SetBytes("snapshot", bytes);
  EXPECT_THAT(Refusal(), HasSubstr("snapshot fails its checksum"));
}

TEST_F(RaftSnapshotStorage, SnapshotOlderThanTheLogIsRefused) {
  Write({WithSnapshot(8, 6)});
  const std::string old_snapshot = Bytes("snapshot");
  Write({WithSnapshot(20, 18)});
  SetBytes("snapshot", old_snapshot);
  EXPECT_THAT(Refusal(), HasSubstr("snapshot is older than the log"));
}

TEST_F(RaftSnapshotStorage, DamagedFirstRecordBesideASnapshotIsNoTornTail) {
  Write({WithSnapshot(8, 6)});
  std::string bytes = Bytes("log");
  bytes.back() ^= 1;
  SetBytes("log", bytes);
  EXPECT_THAT(Refusal(), HasSubstr("log, its first record fails its checksum"));
}

TEST_F(RaftSnapshotStorage, CrashOfAFreshNodeLeavesItsFirstSnapshotBesideAnEmptyLog) {
  Read();
  const std::string empty_log = Bytes("log");
  Write({WithSnapshot(20, 18)});
  SetBytes("log", empty_log);
  EXPECT_EQ(Read().log.LastIndex(), 20u);
}

TEST_F(RaftSnapshotStorage, MissingSnapshotOrLogIsRefused) {
  Write({WithSnapshot(8, 6)});
  const std::string snapshot = Bytes("snapshot");
  std::filesystem::remove(directory_ / "snapshot");
  EXPECT_THAT(Refusal(), HasSubstr("snapshot is missing"));
  SetBytes("snapshot", snapshot);
  std::filesystem::remove(directory_ / "log");
  EXPECT_THAT(Refusal(), HasSubstr("log is missing"));
}

TEST_F(RaftStorage, DirectoryIsUsedByOneProcessAtATime) {
  Storage first(directory_);
  EXPECT_THROW(Storage second(directory_), StorageError);
}

TEST_F(RaftStorage, FileInPlaceOfTheDirectoryIsRefused) {
  SetBytes("file", "");
  EXPECT_THROW(Storage(directory_ / "file"), StorageError);
}

}  // namespace
}  // namespace cleave::raft
