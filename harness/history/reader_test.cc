// What the readers accept, and what they say of files that they cannot accept.
#include "harness/history/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>

namespace cleave {
namespace {

using testing::HasSubstr;

// The HistoryError that reading `text` gives, "" where it is read.
std::string ErrorOf(std::string_view text) {
  try {
    ReadHistoryText(text, "h");
  } catch (const HistoryError& e) {
    return e.what();
  }
  return "";
}

const std::string kInvoke =
    R"({"index":0,"time":1,"process":0,"type":"invoke","f":"write","value":7})";
const std::string kOk = R"({"index":1,"time":2,"process":0,"type":"ok","f":"write","value":7})";

std::string Lines(std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const auto line : lines) text += std::string(line) + "\n";
  return text;
}

TEST(Reader, PairsInvocationsWithCompletions) {
  const History h = ReadHistoryText(Lines({kInvoke, kOk}), "h");
  ASSERT_EQ(h.operations().size(), 1u);
  EXPECT_EQ(h.Describe(0), "write 7");
  EXPECT_EQ(h.operations()[0].outcome, Outcome::kOk);
  EXPECT_EQ(h.times()[0].call, 1);
  EXPECT_EQ(h.times()[0].ret, 2);
}

TEST(Reader, AcceptsAMissingNewlineAtTheEnd) {
  EXPECT_EQ(ReadHistoryText(kInvoke + "\n" + kOk, "h").event_count(), 2u);
}

TEST(Reader, AcceptsBlankLinesCarriageReturnsAndAByteOrderMark) {
  const std::string text = "\xef\xbb\xbf\n" + kInvoke + "\r\n\n" + kOk + "\r\n\n";
  EXPECT_EQ(ReadHistoryText(text, "h").event_count(), 2u);
}

TEST(Reader, AcceptsFieldsInAnyOrderWithKeywordsAndUnknownFields) {
  const History h =
      ReadHistoryText(R"({"f":":read","extra":{"a":[1]},"type":":invoke","process":3,"key":null})"
                      "\n"
                      R"({"value":null,"type":":ok","process":"3"})",
                      "h");
  EXPECT_EQ(h.operations()[0].key, kNoKey);
  EXPECT_EQ(h.operations()[0].output, kNull);
  EXPECT_EQ(h.times()[0].call, kNoTime);
}

TEST(Reader, ReadsTheNemesisAsFaults) {
  const History h = ReadHistoryText(
      R"({"process":":nemesis","type":"info","f":"start-kill","value":["n1"]})", "h");
  ASSERT_EQ(h.faults().size(), 1u);
  EXPECT_EQ(h.FunctionName(h.faults()[0].function), "start-kill");
}

TEST(Reader, AProcessWithANameIsAProcessOfItsOwn) {
  const History h = ReadHistoryText(Lines({R"({"process":"alice","type":"invoke","f":"read"})",
                                           R"({"process":"bob","type":"invoke","f":"read"})",
                                           R"({"process":-1,"type":"invoke","f":"read"})",
                                           R"({"process":"alice","type":"ok","value":1})"}),
                                    "h");
  ASSERT_EQ(h.operations().size(), 3u);
  EXPECT_NE(h.operations()[0].process, h.operations()[1].process);
  EXPECT_LT(h.operations()[2].process, kNemesis);
  EXPECT_EQ(h.operations()[0].outcome, Outcome::kOk);
}

TEST(Reader, AnInvocationWithoutFunctionIsATransactionWhereItsValueIsOne) {
  const History h = ReadHistoryText(
      R"([{"process":1,"type":"invoke","value":[["r",253,null]]},
          {"process":1,"type":"ok","value":[["r",253,[1]]]}])",
      "h");
  EXPECT_EQ(h.operations()[0].function, kTxn);
  EXPECT_THAT(ErrorOf(R"({"process":1,"type":"invoke","value":3})"), HasSubstr("no function"));
}

TEST(Reader, ReadsAnArrayOfEventsOverSeveralLines) {
  const History h = ReadHistoryText("[" + kInvoke + ",\n\n " + kOk + "\n]\n", "h");
  EXPECT_EQ(h.event_count(), 2u);
}

TEST(Reader, AFailedCasOfAnEtcdLogIsAMismatch) {
  const History h = ReadHistoryText(
      "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\n"
      "noise\n"
      "INFO  jepsen.util - 0\t:fail\t:cas\t[1 2]\n"
      "INFO  jepsen.util - 1\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 1\t:fail\t:read\t:timed-out\n"
      "INFO  jepsen.util - 2\t:invoke\t:write\t4\n"
      "INFO  jepsen.util - 2\t:info\t:write\t:timed-out\n",
      "h");
  ASSERT_EQ(h.operations().size(), 3u);
  EXPECT_TRUE(h.operations()[0].mismatch);
  EXPECT_FALSE(h.operations()[1].mismatch);
  EXPECT_FALSE(h.operations()[1].has_observed);
  EXPECT_EQ(h.operations()[2].outcome, Outcome::kInfo);
  EXPECT_EQ(h.operations()[2].ret, kNever);
  EXPECT_EQ(h.values().ToText(h.errors()[2]), "\"timed-out\"");
}

TEST(Reader, AnObservedNullIsAStateAndAMissingOneIsNot) {
  const std::string invoke = R"({"process":0,"type":"invoke","f":"cas","value":[1,2]})";
  const auto fail = [&](const char* rest) {
    return ReadHistoryText(invoke +
                               "\n"
                               R"({"process":0,"type":"fail","f":"cas","value":null)" +
                               rest,
                           "h");
  };
  const History absent = fail(R"(,"observed":null})");
  EXPECT_TRUE(absent.operations()[0].has_observed);
  EXPECT_EQ(absent.operations()[0].output, kNull);
  EXPECT_FALSE(fail("}").operations()[0].has_observed);
}

TEST(Reader, AGapInTheIndexIsAWarning) {
  const History h =
      ReadHistoryText(Lines({kInvoke, R"({"index":5,"process":0,"type":"ok","value":7})"}), "h");
  ASSERT_EQ(h.warnings().size(), 1u);
  EXPECT_THAT(h.warnings()[0], HasSubstr("h:2: index 5 follows 0"));
}

TEST(Reader, AnIndexThatWrapsAroundIsAGap) {
  const History h = ReadHistoryText(
      Lines({R"({"index":9223372036854775807,"process":0,"type":"invoke","f":"read"})",
             R"({"index":-9223372036854775808,"process":0,"type":"ok","value":7})"}),
      "h");
  EXPECT_EQ(h.warnings().size(), 1u);
}

TEST(Reader, BlankLinesOfMoreThanABlockBeforeTheFirstEventAreCountedAndSkipped) {
  const std::string blank(2 << 20, '\n');
  EXPECT_EQ(ReadHistoryText(blank + Lines({kInvoke, kOk}), "h").event_count(), 2u);
  EXPECT_EQ(ReadHistoryText(blank + " [" + kInvoke + "]", "h").event_count(), 1u);
  EXPECT_THAT(ErrorOf(blank + "{\n"), HasSubstr("h:2097153: "));
  EXPECT_THAT(ErrorOf(blank + "root:x:0:0\n"), HasSubstr("h:2097153: not a history"));
}

TEST(Reader, ALineOfManyBlocksIsRead) {
  const std::string line =
      R"({"process":0,"type":"invoke","f":"write","value":")" + std::string(8 << 20, 'x') + "\"}\n";
  EXPECT_EQ(ReadHistoryText(line + Lines({kOk}), "h").event_count(), 2u);
}

TEST(BadInput, EmptyFile) {
  for (const char* text : {"", "\n", " \n\t\n", "[]"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("nothing was recorded")) << text;
  }
}

TEST(BadInput, MalformedLineIsReportedWithFileLineAndPlace) {
  EXPECT_THAT(ErrorOf(Lines({kInvoke, R"({"process":0,"type":"ok",,})", kOk})),
              HasSubstr("h:2: malformed JSON at column 26, near \",}\""));
}

TEST(BadInput, TruncatedLastLineIsLeftOutWithAWarning) {
  for (size_t cut = 1; cut < kOk.size(); ++cut) {
    const History h = ReadHistoryText(kInvoke + "\n" + kOk.substr(0, cut), "h");
    ASSERT_EQ(h.event_count(), 1u) << cut;
    ASSERT_EQ(h.warnings().size(), 1u) << cut;
    EXPECT_THAT(h.warnings()[0], HasSubstr("h:2: the last line is torn"));
  }
}

TEST(BadInput, AnEtcdLogWithoutItsLastNewlineIsTornThere) {
  // Half of 12 would be a value that nobody wrote.
  const History h = ReadHistoryText(
      "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 0\t:ok\t:read\t1",
      "h");
  EXPECT_EQ(h.operations()[0].outcome, Outcome::kInfo);
  ASSERT_EQ(h.warnings().size(), 1u);
  EXPECT_THAT(h.warnings()[0], HasSubstr("h:2: the last line is torn"));
}

TEST(BadInput, AWholeLastEventThatIsWrongIsAnErrorEvenWithoutItsNewline) {
  EXPECT_THAT(ErrorOf(kInvoke + "\n{\"process\":0,\"type\":\"done\"}"),
              HasSubstr("h:2: unknown type \"done\""));
}

TEST(BadInput, TruncatedArrayIsAnErrorWhereverItEnds) {
  const std::string whole = "[" + kInvoke + ",\n" + kOk + "]";
  ASSERT_EQ(ErrorOf(whole), "");
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    EXPECT_NE(ErrorOf(whole.substr(0, cut)), "") << cut;
  }
}

TEST(BadInput, TextBehindTheArrayIsAnError) {
  EXPECT_THAT(ErrorOf("[" + kInvoke + "]\nmore"), HasSubstr("h:2: there is text behind"));
}

TEST(BadInput, ZeroTailAfterACrashIsLeftOutInSilence) {
  const History h = ReadHistoryText(Lines({kInvoke, kOk}) + std::string(2 << 20, '\0'), "h");
  EXPECT_EQ(h.event_count(), 2u);
  EXPECT_TRUE(h.warnings().empty());
}

TEST(BadInput, AnEventTornByACrashIsLeftOutWithAWarning) {
  std::string hole = kOk + "\n";
  hole.replace(10, 20, std::string(20, '\0'));
  for (const std::string& torn : {hole, kOk.substr(0, 30)}) {
    const History h = ReadHistoryText(Lines({kInvoke}) + torn + std::string(100, '\0'), "h");
    EXPECT_EQ(h.event_count(), 1u);
    ASSERT_EQ(h.warnings().size(), 1u);
    EXPECT_THAT(h.warnings()[0], HasSubstr("h:2: the last line is torn"));
  }
}

TEST(BadInput, AFileOfZerosSaysSo) {
  EXPECT_THAT(ErrorOf(std::string(4096, '\0')), HasSubstr("only zeros"));
}

TEST(BadInput, BinaryFile) {
  EXPECT_THAT(ErrorOf(std::string("\x7f"
                                  "ELF\0\1\2",
                                  7)),
              HasSubstr("binary"));
  EXPECT_THAT(ErrorOf(Lines({kInvoke, std::string_view("\0\0\0", 3), kOk})),
              HasSubstr("h:2: a NUL byte"));
}

TEST(BadInput, NotUtf8) {
  EXPECT_THAT(ErrorOf(Lines({R"({"process":0,"type":"invoke","f":"write","value":")"
                             "\xff\xfe"
                             R"("})"})),
              HasSubstr("h:1: not UTF-8"));
}

TEST(BadInput, DeeplyNested) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_THAT(ErrorOf(Lines({R"({"process":0,"type":"invoke","f":"write","value":)" + deep + "}"})),
              HasSubstr("nested deeper than 1,024"));
}

TEST(BadInput, GiganticValueIsReadAndAGiganticMalformedOneIsReportedShortly) {
  const std::string big(8 << 20, 'x');
  const std::string invoke = R"({"process":0,"type":"invoke","f":"write","value":")" + big;
  const History h = ReadHistoryText(invoke + "\"}\n", "h");
  EXPECT_EQ(h.values().AsText(h.operations()[0].input).size(), big.size());
  const std::string error = ErrorOf(invoke + "\n" + kOk + "\n");
  EXPECT_THAT(error, HasSubstr("h:1: a "));
  EXPECT_LT(error.size(), 1000u);
}

TEST(BadInput, NumberBeyond64Bits) {
  EXPECT_THAT(
      ErrorOf(R"({"process":0,"type":"invoke","f":"write","value":123456789012345678901234})"
              "\n"),
      HasSubstr("does not fit in 64 bits"));
}

TEST(BadInput, CompletionWithoutInvocation) {
  EXPECT_THAT(ErrorOf(Lines({kOk})), HasSubstr("h:1: ok without an invocation: process 0"));
}

TEST(BadInput, TwoOpenOperationsOfOneProcess) {
  EXPECT_THAT(ErrorOf(Lines({kInvoke, kInvoke})),
              HasSubstr("h:2: process 0 invokes write while its"));
}

TEST(BadInput, CompletionOfAnotherFunction) {
  EXPECT_THAT(ErrorOf(Lines({kInvoke, R"({"process":0,"type":"ok","f":"read","value":7})"})),
              HasSubstr("completes read but had invoked write"));
}

TEST(BadInput, UnknownType) {
  EXPECT_THAT(ErrorOf(Lines({R"({"process":0,"type":"done","f":"read"})"})),
              HasSubstr("h:1: unknown type \"done\": it must be invoke, ok, fail or info"));
}

TEST(BadInput, MissingTypeOrProcess) {
  EXPECT_THAT(ErrorOf(Lines({R"({"process":0,"f":"read"})"})), HasSubstr("no type"));
  EXPECT_THAT(ErrorOf(Lines({R"({"type":"invoke","f":"read"})"})), HasSubstr("no process"));
  EXPECT_THAT(ErrorOf(Lines({R"({"process":null,"type":"invoke","f":"read"})"})),
              HasSubstr("no process"));
}

TEST(BadInput, AFieldThatAppearsTwice) {
  EXPECT_THAT(ErrorOf(Lines({R"({"process":0,"type":"invoke","f":"write","value":1,"value":2})"})),
              HasSubstr("\"value\" appears twice"));
}

TEST(BadInput, AnEventThatIsNoObject) {
  EXPECT_THAT(ErrorOf(Lines({kInvoke, "17"})), HasSubstr("h:2: an event must be a JSON object"));
  EXPECT_THAT(ErrorOf("[17]"), HasSubstr("h:1: an event must be a JSON object"));
}

TEST(BadInput, MoreFunctionsThanAnyHistoryHas) {
  std::string text;
  for (int i = 0; i < 70'000; ++i) {
    text += R"({"process":"nemesis","type":"info","f":"f)" + std::to_string(i) + "\"}\n";
  }
  EXPECT_THAT(ErrorOf(text), HasSubstr("more than 4,096 different functions"));
}

TEST(BadInput, ForeignFormatsSaySo) {
  EXPECT_THAT(ErrorOf("<history>\n"), HasSubstr("not a history"));
  EXPECT_THAT(ErrorOf("root:x:0:0\n"), HasSubstr("not a history"));
}

TEST(BadInput, TenErrorsAreListedAndTheRestCounted) {
  std::string text;
  for (int i = 0; i < 14; ++i) text += "{\n";
  const std::string error = ErrorOf(text + "\n");
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 10);
  EXPECT_THAT(error, testing::EndsWith("\nand 4 more"));
}

TEST(BadInput, AnUnreadableLineGivesNoEchoesInThePairing) {
  const std::string error = ErrorOf(Lines({"{", kOk}));
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 0) << error;
}

TEST(BadInput, AFileThatCannotBeReadIsASystemErrorWithItsPath) {
  for (const char* path : {"/nonexistent/history.jsonl", "/proc"}) {
    try {
      ReadHistory(path);
      FAIL() << path;
    } catch (const std::system_error& e) {
      EXPECT_THAT(e.what(), HasSubstr(path));
    }
  }
}

TEST(Reader, AnIndependentKeyIsTakenOutOfItsTupleInJsonToo) {
  const std::string text =
      Lines({R"({"index":0,"time":1,"process":0,"type":"invoke","f":"write","value":["k",7]})",
             R"({"type":"ok","process":0,"f":"write","value":["k",7]})",
             R"({"process":"nemesis","type":"info","f":"start-kill","value":["n1","n2"]})",
             R"({"process":1,"type":"invoke","value":["k",[["r","x",null]]]})",
             R"({"process":1,"type":"info","value":null})"});
  const History h = ReadHistoryText(text, "h", {.independent = true});
  ASSERT_EQ(h.keys().size(), 1u);
  EXPECT_EQ(h.values().ToText(h.keys()[0]), "\"k\"");
  EXPECT_EQ(h.Describe(0), "write \"k\" 7");
  EXPECT_EQ(h.operations()[1].function, kTxn);
  EXPECT_EQ(h.values().ToText(h.faults()[0].value), "[\"n1\",\"n2\"]");
  EXPECT_TRUE(ReadHistoryText(text.substr(0, text.find('\n')), "h").keys().empty());
}

TEST(BadInput, AnIndependentOperationWithoutItsKey) {
  for (const std::string& line : {kInvoke, " " + kInvoke}) {
    try {
      ReadHistoryText(line + "\n", "h", {.independent = true});
      FAIL() << line;
    } catch (const HistoryError& e) {
      EXPECT_THAT(e.what(), HasSubstr("h:1: the value of an operation on an independent key is"));
    }
  }
}

TEST(Reader, AFormatThatIsNamedIsNotDetected) {
  EXPECT_EQ(ReadHistoryText(kInvoke, "h", {.format = HistoryFormat::kJsonLines}).event_count(), 1u);
  EXPECT_THROW(ReadHistoryText(kInvoke, "h", {.format = HistoryFormat::kJsonArray}), HistoryError);
  EXPECT_THROW(ReadHistoryText(kInvoke, "h", {.format = HistoryFormat::kEdn}), HistoryError);
}

TEST(Reader, ReadsGzip) {
  std::string path = (std::filesystem::temp_directory_path() / "cleave-reader-XXXXXX").string();
  close(mkstemp(path.data()));
  const gzFile gz = gzopen(path.c_str(), "wb");
  const std::string text = Lines({kInvoke, kOk});
  gzwrite(gz, text.data(), static_cast<unsigned>(text.size()));
  gzclose(gz);
  EXPECT_EQ(ReadHistory(path).event_count(), 2u);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 12);
  EXPECT_ANY_THROW(ReadHistory(path));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace cleave
