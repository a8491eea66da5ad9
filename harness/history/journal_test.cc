// The journal's promises: what it writes, that it survives SIGKILL, and how a full disk shows.
#include "harness/history/journal.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

#include "harness/history/reader.h"

namespace cleave {
namespace {

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "cleave-journal-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    file_ = directory_ / "history.jsonl";
  }
  ~JournalTest() override { std::filesystem::remove_all(directory_); }

  std::string Content() const {
    std::ifstream in(file_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  std::filesystem::path directory_, file_;
};

// The i-th event of a history in which one process writes 0, 1, 2, …
Event WriteEvent(int64_t i) {
  Event event;
  event.index = i;
  event.time = i * 1000;
  event.process = 3;
  event.type = i % 2 == 0 ? EventType::kInvoke : EventType::kOk;
  event.f = "write";
  event.value = i / 2;
  event.node = "n2";
  return event;
}

std::string Line(const Event& event) {
  std::string line;
  AppendJsonLine(event, &line);
  return line;
}

TEST(AppendJsonLine, WritesTheFieldsInTheDocumentedOrder) {
  Event event = WriteEvent(7);
  event.type = EventType::kFail;
  event.f = "cas";
  event.key = "k4";
  event.value = ParseJson("[1,2]");
  event.error = ParseJson(R"(["mismatch","it was 3"])");
  event.observed = 3;
  event.has_observed = true;
  EXPECT_EQ(Line(event),
            R"({"index":7,"time":7000,"process":3,"type":"fail","f":"cas","key":"k4",)"
            R"("value":[1,2],"node":"n2","error":["mismatch","it was 3"],"observed":3})"
            "\n");
}

TEST(AppendJsonLine, AValueThatIsNestedTooDeepDoesNotMakeTheHistoryUnreadable) {
  for (const bool list : {true, false}) {
    Json deep = 1;
    for (int i = 0; i < 1100; ++i) {
      Json outer = list ? Json::array() : Json::object();
      (list ? outer.emplace_back() : outer["a"]).swap(deep);
      deep.swap(outer);
    }
    Event invoke = WriteEvent(0), ok = WriteEvent(1);
    ok.value = std::move(deep);
    const History history = ReadHistoryText(Line(invoke) + Line(ok), "h");
    EXPECT_EQ(history.operations()[0].outcome, Outcome::kOk);
    EXPECT_NE(Line(ok).find("\"…too deep\""), std::string::npos);
  }
}

TEST(AppendJsonLine, ObjectsAreWrittenAsTheLibraryPrintsThem) {
  Event event = WriteEvent(1);
  event.value = ParseJson(R"({"b":{},"a\n":[true,1.5,{"é":null}],"c":[]})");
  EXPECT_NE(Line(event).find("\"value\":" + DumpJson(event.value) + ","), std::string::npos);
}

TEST(AppendJsonLine, LeavesOutWhatSaysNothing) {
  Event event;
  event.process = kNemesis;
  event.f = "stop-kill";
  EXPECT_EQ(
      Line(event),
      R"({"index":0,"time":0,"process":"nemesis","type":"invoke","f":"stop-kill","value":null})"
      "\n");
}

TEST(AppendJsonLine, IsOneLineOfValidUtf8WhateverTheClientAnswered) {
  const char* const kNasty[] = {"a\nb",     "\"\\",     "\xff\xfe", "caf\xc3\xa9",
                                "\xe2\x82", "\x01\x7f", "</script>"};
  for (const std::string text : kNasty) {
    Event event = WriteEvent(0);
    event.f = text;
    event.key = text;
    event.value = Json::array({text, Json::object({{text, 1.5}}), nullptr, true, Json::array()});
    const std::string line = Line(event);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const Json back = ParseJson(line);  // throws where it is not UTF-8
    EXPECT_EQ(back["value"][0], back["key"]);
    EXPECT_EQ(back["value"].size(), 5u);
  }
}

TEST_F(JournalTest, HoldsExactlyWhatWasAppendedOnceItIsClosed) {
  std::string expected;
  Journal journal(file_);
  // Beyond several windows, and one line larger than any window.
  for (int64_t i = 0; i < 40'000; ++i) {
    Event event = WriteEvent(i);
    if (i == 100) event.error = std::string(3 << 20, 'x');
    journal.Append(event);
    expected += Line(event);
  }
  journal.Close();
  EXPECT_EQ(journal.events(), 40'000);
  EXPECT_TRUE(Content() == expected);
}

TEST_F(JournalTest, EveryAppendedEventSurvivesSigkillOfTheWriter) {
  constexpr int64_t kEvents = 30'000;
  int done[2];
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Journal journal(file_);
    for (int64_t i = 0; i < kEvents; ++i) journal.Append(WriteEvent(i));
    if (write(done[1], "x", 1) != 1) _exit(1);
    for (;;) pause();
  }
  close(done[1]);
  char byte;
  ASSERT_EQ(read(done[0], &byte, 1), 1) << "the writer died by itself";
  close(done[0]);
  kill(child, SIGKILL);
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(Content().back(), '\0') << "the file was not cut off in the middle of a window";
  const History history = ReadHistory(file_);
  EXPECT_EQ(history.event_count(), kEvents);
  EXPECT_TRUE(history.warnings().empty());
}

TEST_F(JournalTest, AWriterKilledAtAnyMomentLeavesAPrefixOfItsEvents) {
  for (int round = 0; round < 20; ++round) {
    std::filesystem::remove(file_);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Journal journal(file_);
      for (int64_t i = 0;; ++i) journal.Append(WriteEvent(i));
    }
    usleep(2000 + 1000 * round);
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    if (!std::filesystem::exists(file_)) continue;  // killed before it began
    const std::string content = Content();
    if (content.find_first_not_of('\0') == std::string::npos) continue;
    const History history = ReadHistory(file_);
    for (const Operation& op : history.operations()) {
      ASSERT_EQ(history.values().AsInt(op.input), static_cast<int64_t>(op.call) / 2);
    }
  }
}

// Appends until the disk is full; 0 where that was an exception and every event before it is kept.
int FillUp(const std::filesystem::path& file) {
  Journal journal(file);
  int64_t i = 0;
  try {
    for (;; ++i) journal.Append(WriteEvent(i));
  } catch (const std::system_error& e) {
    const bool named = std::string(e.what()).find("history.jsonl") != std::string::npos;
    journal.Close();
    const bool kept = ReadHistory(file).event_count() == i && journal.events() == i;
    return named && kept && i > 1000 ? 0 : 3;
  }
}

// Runs `body` in a child and gives its exit code.
template <class Body>
int InChild(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A small disk of this process's own, in a user namespace where it is root. False where not
// permitted.
bool MountSmallDisk(const std::filesystem::path& at) {
  const auto user = std::to_string(getuid()), group = std::to_string(getgid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  return mount("tmpfs", at.c_str(), "tmpfs", 0, "size=3m") == 0;
}

TEST_F(JournalTest, AFullDiskIsAnExceptionAndLosesNothingRecorded) {
  constexpr int kNotPermitted = 77;
  const int code =
      InChild([&] { return MountSmallDisk(directory_) ? FillUp(file_) : kNotPermitted; });
  if (code == kNotPermitted) GTEST_SKIP() << "no mounts in user namespaces on this machine";
  EXPECT_EQ(code, 0);
}

TEST_F(JournalTest, AFileSizeLimitIsAnExceptionAndLosesNothingRecorded) {
  // In a child, because the limit cannot be lifted again without privileges.
  EXPECT_EQ(InChild([&] {
              signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{3 << 20, 3 << 20};
              return setrlimit(RLIMIT_FSIZE, &limit) != 0 ? 2 : FillUp(file_);
            }),
            0);
}

TEST_F(JournalTest, AFileThatCannotBeCreatedIsAnExceptionWithItsPath) {
  for (const std::filesystem::path path : {"/proc/history.jsonl", "/dev/null/history.jsonl"}) {
    try {
      Journal journal(path);
      FAIL() << path;
    } catch (const std::system_error& e) {
      EXPECT_NE(std::string(e.what()).find(path.string()), std::string::npos) << e.what();
    }
  }
}

TEST_F(JournalTest, ARecordedHistoryIsNeverOverwritten) {
  { Journal journal(file_); }
  EXPECT_THROW(Journal journal(file_), std::system_error);
}

}  // namespace
}  // namespace cleave
