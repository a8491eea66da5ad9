// Formats of transactions by session: what becomes of their lines, entries and errors.
#include "harness/history/session_transactions.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cleave {
namespace {

namespace fs = std::filesystem;

/// "0 ok [[\"w\",0,1]]" for each operation, in the order of the history.
std::vector<std::string> OperationLines(const History& history) {
  std::vector<std::string> lines;
  for (const Operation& op : history.operations()) {
    lines.push_back(std::to_string(op.process) + " " + OutcomeName(op.outcome) + " " +
                    history.values().ToText(op.output));
  }
  return lines;
}

std::vector<std::string> SessionOperations(const std::string& text,
                                           HistoryFormat format = HistoryFormat::kDetect) {
  return OperationLines(ReadHistoryText(text, "it", {format}));
}

std::string SessionError(const std::string& text, HistoryFormat format) {
  try {
    ReadHistoryText(text, "it", {format});
  } catch (const HistoryError& error) {
    return error.what();
  }
  return "";
}

using SessionLines = std::vector<std::string>;

TEST(SessionTransactions, SessionsTakeTurnsAndHaveNoRealTime) {
  const History history = ReadHistoryText("w 0 1\n-----\nw 0 2\n=====\nr 0 2\nr 1 7\n", "it");
  EXPECT_EQ(OperationLines(history),
            (SessionLines{R"(0 ok [["w",0,1]])", R"(1 ok [["r",0,2],["r",1,7]])",
                          R"(0 ok [["w",0,2]])"}));
  EXPECT_FALSE(history.real_time());
}

TEST(SessionTransactions, AwditTestTakesAnyRulersAndBlankLines) {
  EXPECT_EQ(SessionOperations("=====\n\nw 0 1\r\n-\n-\n w  0 2\n===\n", HistoryFormat::kAwditTest),
            (SessionLines{R"(0 ok [["w",0,1]])", R"(0 ok [["w",0,2]])"}));
}

TEST(SessionTransactions, AwditTestSaysWhichLineIsNoOperation) {
  EXPECT_EQ(SessionError("w 0 1\nw 0\n", HistoryFormat::kAwditTest).substr(0, 24),
            "it:2: an operation is \"r");
  EXPECT_NE(SessionError("w 0 1 2\n", HistoryFormat::kAwditTest), "");
  EXPECT_NE(SessionError("x 0 1\n", HistoryFormat::kAwditTest), "");
}

TEST(SessionTransactions, PlumeGathersTransactionsWhoseLinesAreMixed) {
  EXPECT_EQ(SessionOperations("w(1,5,0,10)\nr(2,0,1,11)\nw(2,6,0,10)\nw(1,9,1,-1)\n"),
            (SessionLines{R"(0 ok [["w",1,5],["w",2,6]])", R"(1 ok [["r",2,null]])",
                          R"(1 fail [["w",1,9]])"}));
}

TEST(SessionTransactions, PlumeReadsZeroAsInitialUnlessItIsWritten) {
  EXPECT_EQ(SessionOperations("w(1,0,0,10)\nr(1,0,1,11)\nr(2,0,1,11)"),
            (SessionLines{R"(0 ok [["w",1,0]])", R"(1 ok [["r",1,0],["r",2,null]])"}));
}

TEST(SessionTransactions, PlumeRefusesATransactionOfTwoSessions) {
  EXPECT_EQ(SessionError("w(1,1,0,7)\nw(1,2,1,7)\n", HistoryFormat::kPlume),
            "it:2: transaction 7 is of another session on an earlier line");
}

TEST(SessionTransactions, DbcopJsonInBothNotations) {
  const SessionLines expected{R"(0 ok [["w",0,1],["r",1,null]])", R"(1 fail [["w",0,2]])"};
  EXPECT_EQ(SessionOperations(R"([[{"events":[{"Write":{"variable":0,"version":1}},)"
                              R"({"Read":{"variable":1,"version":null}}],"committed":true}],)"
                              R"([{"events":[["w",0,2]],"committed":false}]])"),
            expected);
  EXPECT_EQ(SessionOperations(R"({"params":{"id":0},"info":"","data":[[{"events":[["w",0,1],)"
                              R"(["r",1,0]],"committed":true}],[{"events":[["w",0,2]],)"
                              R"("committed":false}]]})"),
            expected);
}

TEST(SessionTransactions, DbcopJsonSaysWhatIsNoEvent) {
  EXPECT_EQ(SessionError(R"([[{"events":[["x",0,2]],"committed":false}]])", HistoryFormat::kDbcop),
            "it:1: no history of dbcop: an event is a Read or a Write of a variable and a "
            "version, not [\"x\",0,2]");
  EXPECT_NE(SessionError("{\"params\":{}}", HistoryFormat::kDbcop), "");
  EXPECT_NE(SessionError("[[{\"events\":", HistoryFormat::kDbcop), "");
}

std::string NumberBytes(uint64_t number, bool big_endian) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) {
    bytes += static_cast<char>(number >> 8 * (big_endian ? 7 - i : i) & 0xff);
  }
  return bytes;
}

/// One session: [w0=1, a write that failed, r1=0] committed, [r0=1] not.
std::string Bincode() {
  const auto n = [](uint64_t number) { return NumberBytes(number, false); };
  const auto event = [&](bool write, uint64_t key, uint64_t value, bool success) {
    return std::string(1, write) + n(key) + n(value) + std::string(1, success);
  };
  const std::string one(1, 1), zero(1, 0);
  return n(10) + n(1) + n(2) + n(2) + n(4) + n(4) + "info" + n(0) + n(0) + n(1) + n(2) + n(3) +
         event(true, 0, 1, true) + event(true, 0, 2, false) + event(false, 1, 0, true) + one +
         n(1) + event(false, 0, 1, true) + zero;
}

TEST(SessionTransactions, DbcopBincode) {
  EXPECT_EQ(SessionOperations(Bincode(), HistoryFormat::kDbcop),
            (SessionLines{R"(0 ok [["w",0,1],["r",1,null]])", R"(0 fail [["w",0,2]])",
                          R"(0 fail [["r",0,1]])"}));
}

TEST(SessionTransactions, DbcopBincodeThatIsCutIsAnErrorAtEveryByte) {
  const std::string whole = Bincode();
  for (size_t size = 8; size < whole.size(); ++size) {
    EXPECT_NE(SessionError(whole.substr(0, size), HistoryFormat::kDbcop), "") << size;
  }
  EXPECT_NE(SessionError(whole + "x", HistoryFormat::kDbcop), "");
}

std::string CobraLog(uint64_t id) {
  const auto n = [](uint64_t number) { return NumberBytes(number, true); };
  return "S" + n(id) + "W" + n(100 + id) + n(5) + n(77) + "R" + n(0xbebeebee) + n(0xbebeebee) +
         n(6) + n(0) + "C" + n(id) + "S" + n(id + 1) + "R" + n(id) + n(100 + id) + n(5) + n(77) +
         "C" + n(id + 1);
}

TEST(SessionTransactions, CobraLogNamesWritesByNumber) {
  EXPECT_EQ(SessionOperations(CobraLog(1), HistoryFormat::kCobra),
            (SessionLines{R"(0 ok [["w",5,101],["r",6,null]])", R"(0 ok [["r",5,101]])"}));
}

TEST(SessionTransactions, CobraLogThatIsCutIsAnErrorUnlessATransactionEndsThere) {
  const std::string whole = CobraLog(1);
  size_t readable = 0;
  for (size_t size = 1; size < whole.size(); ++size) {
    readable += SessionError(whole.substr(0, size), HistoryFormat::kCobra).empty();
  }
  EXPECT_EQ(readable, 1u);
}

TEST(SessionTransactions, AFolderOfCobraHasASessionForEachLog) {
  const fs::path folder = fs::temp_directory_path() / ("cleave-cobra-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "T0.log", std::ios::binary) << CobraLog(1);
  std::ofstream(folder / "T1.log", std::ios::binary) << CobraLog(3);
  std::ofstream(folder / "notes.txt") << "not a log";
  EXPECT_EQ(
      OperationLines(ReadHistory(folder, {HistoryFormat::kCobra})),
      (SessionLines{R"(0 ok [["w",5,101],["r",6,null]])", R"(1 ok [["w",5,103],["r",6,null]])",
                    R"(0 ok [["r",5,101]])", R"(1 ok [["r",5,103]])"}));
  fs::remove_all(folder);
}

TEST(SessionTransactions, AFolderOfDbcopHoldsItsBincode) {
  const fs::path folder = fs::temp_directory_path() / ("cleave-dbcop-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "history.bincode", std::ios::binary) << Bincode();
  EXPECT_EQ(OperationLines(ReadHistory(folder, {HistoryFormat::kDbcop})).size(), 3u);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cleave
