// What the EDN reader says of files that it cannot accept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/reader.h"

namespace cleave {
namespace {

using testing::HasSubstr;

std::string Complaint(std::string_view text, const ReadOptions& options = {}) {
  try {
    ReadHistoryText(text, "h", options);
  } catch (const HistoryError& e) {
    return e.what();
  }
  return "";
}

const std::string kCall = "{:process 0, :type :invoke, :f :write, :value 7}\n";
const std::string kReturn = "{:process 0, :type :ok, :f :write, :value 7}\n";

std::string WriteOf(const std::string& value) {
  return "{:process 0, :type :invoke, :f :write, :value " + value + "}\n";
}

TEST(BadEdn, Empty) {
  for (const char* text : {"; nothing\n", "[ ; nothing\n]", "()", "#_{:type :ok}"}) {
    EXPECT_THAT(Complaint(text), HasSubstr("nothing was recorded")) << text;
  }
  EXPECT_THAT(Complaint("", {.format = HistoryFormat::kEdn}), HasSubstr("the file is empty"));
}

TEST(BadEdn, MalformedIsReportedWithFileLineAndPlace) {
  EXPECT_THAT(Complaint(kCall + WriteOf("12abc") + kReturn),
              HasSubstr("h:2: a malformed number, near \"12abc}\""));
  EXPECT_THAT(Complaint(WriteOf("010")), HasSubstr("h:1: a malformed number"));
  EXPECT_THAT(Complaint(WriteOf(":")), HasSubstr("h:1: malformed EDN"));
  EXPECT_THAT(Complaint("{:process 0, :type :invoke, :f : }"), HasSubstr("h:1: malformed EDN"));
  EXPECT_THAT(Complaint(WriteOf(R"("a\q")")), HasSubstr("h:1: a malformed escape, near \"\\q"));
  EXPECT_THAT(Complaint(WriteOf(R"("\uD83D")")), HasSubstr("h:1: a malformed escape"));
  EXPECT_THAT(Complaint(WriteOf(R"(\nosuch)")), HasSubstr("h:1: an unknown character"));
  EXPECT_THAT(Complaint(WriteOf("{:a}")), HasSubstr("h:1: a map in which a key has no value"));
  EXPECT_THAT(Complaint("{:process 0 :type}"), HasSubstr("h:1: a map in which a key has no value"));
  EXPECT_THAT(Complaint(WriteOf("# 1")), HasSubstr("h:1: a # that begins nothing"));
  EXPECT_THAT(Complaint(WriteOf("[1 2)")), HasSubstr("h:1: a bracket that closes nothing"));
  EXPECT_THAT(Complaint("[" + kCall + ")"), HasSubstr("h:2: a bracket that closes nothing"));
}

TEST(BadEdn, OneBrokenEventIsOneErrorAndTheNextIsRead) {
  const std::string error =
      Complaint(WriteOf("[1 2)") + WriteOf("1") + "{:process 0, :type :done}\n");
  EXPECT_EQ(error,
            "h:1: a bracket that closes nothing, near \")}\"\n"
            "h:3: unknown type \"done\": it must be invoke, ok, fail or info");
}

TEST(BadEdn, TenErrorsAreListedAndTheRestCounted) {
  std::string text;
  for (int i = 0; i < 14; ++i) text += WriteOf("12abc");
  EXPECT_THAT(Complaint(text), testing::EndsWith("\nand 4 more"));
}

TEST(BadEdn, TruncatedLastLineIsLeftOutWithAWarning) {
  for (size_t cut = 1; cut + 1 < kReturn.size(); ++cut) {
    const History h = ReadHistoryText(kCall + kReturn.substr(0, cut), "h");
    ASSERT_EQ(h.event_count(), 1u) << cut;
    ASSERT_EQ(h.warnings().size(), 1u) << cut;
    EXPECT_THAT(h.warnings()[0], HasSubstr("h:2: the last line is torn"));
  }
}

TEST(BadEdn, ATruncatedEventThatIsNotTheLastLineIsAnError) {
  EXPECT_THAT(Complaint(kCall + "{:process 0,\n :type :ok"),
              HasSubstr("h:2: the file is truncated: the event that begins here never ends"));
}

TEST(BadEdn, ATruncatedVectorIsAnErrorWhereverItEnds) {
  const std::string whole = "[" + kCall + " " + kReturn + "]";
  ASSERT_EQ(Complaint(whole), "");
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    EXPECT_NE(Complaint(whole.substr(0, cut), {.format = HistoryFormat::kEdn}), "") << cut;
  }
  EXPECT_THAT(Complaint("[" + kCall),
              HasSubstr("truncated: what holds its events is never closed"));
}

TEST(BadEdn, Binary) {
  std::string zero = kCall + kReturn;
  zero[zero.size() - 5] = '\0';
  EXPECT_THAT(Complaint(zero), HasSubstr("h:2: a NUL byte: the file is binary or damaged"));
  EXPECT_THAT(Complaint(kCall + std::string(3, '\0') + kReturn), HasSubstr("h:2: a NUL byte"));
  EXPECT_THAT(Complaint(WriteOf(std::string("\"\0\"", 3))), HasSubstr("h:1: a NUL byte"));
  EXPECT_NE(Complaint(kCall + "\x7f\x01\x02\x80\xff"), "h:2: ");
}

TEST(BadEdn, NotUtf8) {
  for (const char* value :
       {"\"\xff\xfe\"", ":\xff", "sym\xc3", "\\\xff", "\"\\n\xff\"", "#\xff 1"}) {
    EXPECT_THAT(Complaint(WriteOf(value)), HasSubstr("h:1: not UTF-8")) << value;
  }
}

TEST(BadEdn, DeeplyNested) {
  const auto times = [](const char* text) {
    std::string all;
    for (int i = 0; i < 100'000; ++i) all += text;
    return all;
  };
  for (const char* open : {"[", "(", "{:a ", "#{", "#tag ", "#_", "#_["}) {
    EXPECT_THAT(Complaint(WriteOf("[" + times(open))), HasSubstr("nested deeper than 1,024"))
        << open;
    EXPECT_NE(Complaint(times(open), {.format = HistoryFormat::kEdn}), "") << open;
  }
  EXPECT_EQ(Complaint(WriteOf(std::string(1000, '[') + std::string(1000, ']'))), "");
}

TEST(BadEdn, AnEventThatIsNoMap) {
  EXPECT_THAT(Complaint(kCall + "17\n"), HasSubstr("h:2: an event must be an EDN map"));
  EXPECT_THAT(Complaint("[[" + kCall + "]]", {.format = HistoryFormat::kEdn}),
              HasSubstr("h:1: an event must be an EDN map"));
}

TEST(BadEdn, FieldsThatCannotBe) {
  const struct {
    const char *event, *error;
  } cases[] = {
      {"{:process 0, :f :read}", "the event has no :type"},
      {"{:process 0, :type 1, :f :read}", "type must be :invoke, :ok, :fail or :info"},
      {"{:process 0, :type :invoke, :f 1}", "f must be the name of a function"},
      {"{:process 0, :type :invoke, :value 1}", "no function (f), and its value is no transaction"},
      {"{:process [0], :type :invoke, :f :read}", "process must be a number or a name"},
      {"{:process 0, :type :invoke, :f :read, :time :now}", "time must be a number"},
      {"{:process 0, :type :invoke, :type :ok, :f :read}", "the field \":type\" appears twice"},
      {"{:process 0, :type :ok, :f :read}", "ok without an invocation"},
      {"{:process :nemesis, :type :info}", "an event of the nemesis has no function"},
      {"{:type :invoke, :f :read, :value #jepsen.independent/tuple 3}", "is [key value], and this"},
  };
  for (const auto& [event, error] : cases) {
    EXPECT_THAT(Complaint(event), HasSubstr(std::string("h:1: "))) << event;
    EXPECT_THAT(Complaint(event), HasSubstr(error)) << event;
  }
}

/// Where every byte is watched each attempt costs a hundred times as much: a tenth of the bytes at
/// each place, others at the next.
#ifdef __SANITIZE_ADDRESS__
constexpr size_t kEveryByte = 10;
#else
constexpr size_t kEveryByte = 1;
#endif

TEST(BadEdn, AnyByteAnywhereIsAnErrorOrAnEventAndNeverACrash) {
  const std::string text = "[" + WriteOf(R"({:a #{1 "x\n" \a} :b (1.5M #t nil)})") + kReturn + "]";
  for (size_t at = 0; at < text.size(); ++at) {
    for (size_t byte = at % kEveryByte; byte < 256; byte += kEveryByte) {
      std::string damaged = text;
      damaged[at] = static_cast<char>(byte);
      Complaint(damaged, {.format = HistoryFormat::kEdn});
    }
  }
}

}  // namespace
}  // namespace cleave
