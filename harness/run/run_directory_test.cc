// The store's layout, and what is said when it cannot be had.
#include "harness/run/run_directory.h"

#include <gmock/gmock.h>
#include <unistd.h>

namespace cleave {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class RunDirectoryTest : public testing::Test {
 protected:
  RunDirectoryTest() {
    std::string name = testing::TempDir() + "run_directory_XXXXXX";
    store_ = mkdtemp(name.data());
  }
  ~RunDirectoryTest() override {
    fs::permissions(store_, fs::perms::owner_all);
    fs::remove_all(store_);
  }
  std::string Refusal(const fs::path& store, uint64_t space = RunDirectory::kMinimumSpace) {
    try {
      RunDirectory directory(store, "raft", "register", space);
      return "";
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  }
  std::string Read(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  fs::path store_;
};

TEST_F(RunDirectoryTest, IsNamedByTargetWorkloadAndTime) {
  RunDirectory directory(store_ / "deep" / "store", "raft", "register");
  EXPECT_EQ(directory.path().parent_path(), store_ / "deep" / "store" / "raft-register");
  EXPECT_THAT(directory.path().filename().string(),
              testing::MatchesRegex("[0-9]{8}T[0-9]{6}\\.[0-9]{3}Z"));
}

TEST_F(RunDirectoryTest, LatestLinksLeadToTheNewestRun) {
  RunDirectory first(store_, "raft", "register"), second(store_, "raft", "register");
  EXPECT_NE(first.path(), second.path());
  EXPECT_TRUE(fs::equivalent(store_ / "latest", second.path()));
  EXPECT_TRUE(fs::equivalent(store_ / "raft-register" / "latest", second.path()));
}

TEST_F(RunDirectoryTest, AnotherRunThatLinksAtTheSameTimeIsNotInTheWay) {
  fs::create_directories(store_ / "latest.next" / "of another run");
  fs::create_directories(store_ / "raft-register" / "latest.next" / "of another run");
  RunDirectory directory(store_, "raft", "register");
  EXPECT_TRUE(fs::equivalent(store_ / "latest", directory.path()));
  EXPECT_TRUE(fs::equivalent(store_ / "raft-register" / "latest", directory.path()));
}

TEST_F(RunDirectoryTest, ALinkThatCannotBeMadeIsALineInTheLogAndLeavesNothing) {
  fs::create_directories(store_ / "latest" / "a directory");
  RunDirectory directory(store_, "raft", "register");
  EXPECT_THAT(Read(directory.path() / "harness.log"),
              HasSubstr("cannot link " + (store_ / "latest").string()));
  EXPECT_EQ(std::distance(fs::directory_iterator(store_), {}), 2) << "latest and raft-register";
}

TEST_F(RunDirectoryTest, TimesAreUtcWithMilliseconds) {
  std::chrono::system_clock::time_point time{std::chrono::milliseconds(1'700'000'000'042)};
  EXPECT_EQ(UtcName(time), "20231114T221320.042Z");
  EXPECT_EQ(UtcText(time), "2023-11-14T22:13:20.042Z");
}

TEST_F(RunDirectoryTest, AStoreThatCannotBeMadeIsNamed) {
  std::ofstream(store_ / "file") << "not a directory";
  EXPECT_THAT(Refusal(store_ / "file" / "store"),
              AllOf(HasSubstr((store_ / "file").string()), HasSubstr("Not a directory"),
                    HasSubstr("--store")));
}

TEST_F(RunDirectoryTest, AReadOnlyStoreIsNamed) {
  // /proc is read-only even for root.
  EXPECT_THAT(Refusal("/proc/store"), AllOf(HasSubstr("/proc/store"), HasSubstr("--store")));
}

TEST_F(RunDirectoryTest, AStoreWithoutPermissionIsNamed) {
  if (geteuid() == 0) GTEST_SKIP() << "permissions do not stop root";
  fs::create_directories(store_ / "raft-register");
  fs::permissions(store_ / "raft-register", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(Refusal(store_), AllOf(HasSubstr("Permission denied"), HasSubstr("--store")));
}

TEST_F(RunDirectoryTest, AFullStoreIsRefusedBeforeAnythingStarts) {
  EXPECT_THAT(Refusal(store_, UINT64_MAX), AllOf(HasSubstr("full"), HasSubstr("--store")));
}

TEST_F(RunDirectoryTest, AFileThatDoesNotFitIsNamed) {
  RunDirectory directory(store_, "raft", "register");
  fs::create_symlink("/dev/full", directory.path() / "test.json");
  try {
    directory.WriteFile("test.json", "{}");
    ADD_FAILURE() << "a full device took a file";
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), AllOf(HasSubstr("test.json"), HasSubstr("No space left")));
  }
}

TEST_F(RunDirectoryTest, TestJsonTellsEverythingOfARun) {
  RunDirectory directory(store_, "raft", "register");
  TestOptions options;
  options.target = "raft";
  options.command = {"cleave", "test", "raft"};
  Json json = TestJson(directory, options, "0.1.0", "3.4", {"n1", "n2"});
  EXPECT_EQ(json["cleave"], "0.1.0");
  EXPECT_EQ(json["options"], ToJson(options));
  EXPECT_EQ(json["command"], ParseJson(R"(["cleave","test","raft"])"));
  EXPECT_EQ(json["target"], ParseJson(R"({"name":"raft","version":"3.4"})"));
  EXPECT_EQ(json["nodes"], ParseJson(R"(["n1","n2"])"));
  EXPECT_GT(json["machine"]["memory"].get<uint64_t>(), 0u);
}

TEST_F(RunDirectoryTest, TheLogIsOnDiskLineByLine) {
  RunDirectory directory(store_, "raft", "register");
  directory.log().Write("starting n1");
  EXPECT_THAT(Read(directory.path() / "harness.log"), HasSubstr("Z starting n1\n"));
}

}  // namespace
}  // namespace cleave
