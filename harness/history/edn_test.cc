// What the EDN reader makes of values, events and files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/reader.h"

namespace cleave {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The value that a write of `edn` writes, as JSON text.
std::string WrittenValue(const std::string& edn) {
  const History h =
      ReadHistoryText("{:process 0, :type :invoke, :f :write, :value " + edn + "}\n", "h");
  return h.values().ToText(h.operations()[0].input);
}

/// The operations of a history, in words.
std::vector<std::string> Described(const std::string& edn, const ReadOptions& options = {}) {
  const History h = ReadHistoryText(edn, "h", options);
  std::vector<std::string> words;
  for (size_t i = 0; i < h.operations().size(); ++i) words.push_back(h.Describe(i));
  return words;
}

TEST(EdnValue, IsWhatJsonMakesOfIt) {
  const struct {
    const char *edn, *json;
  } cases[] = {
      {"nil", "null"},
      {"true", "true"},
      {"false", "false"},
      {":k", R"("k")"},
      {":ns/k", R"("ns/k")"},
      {"sym/bol", R"("sym/bol")"},
      {"-", R"("-")"},
      {R"("a\n\"\\\u00e9\101")", R"("a\n\"\\éA")"},
      {R"("\uD83D\uDE00")", R"("😀")"},
      {"\"two\nlines\"", R"("two\nlines")"},
      {R"(\a)", R"("a")"},
      {R"(\newline)", R"("\n")"},
      {R"(\u03A9)", R"("Ω")"},
      {R"(\o101)", R"("A")"},
      {R"(\é)", R"("é")"},
      {R"([\( \} \"])", R"(["(","}","\""])"},
      {"0", "0"},
      {"-17", "-17"},
      {"+17", "17"},
      {"1N", "1"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551615", "18446744073709551615"},
      {"1.5", "1.5"},
      {"1.5M", "1.5"},
      {"-2e3", "-2000.0"},
      {"0x1F", "31"},
      {"1/3", R"("1/3")"},
      {"##Inf", R"("##Inf")"},
      {"[1 2,3]", "[1,2,3]"},
      {"(1 [2 ()])", "[1,[2,[]]]"},
      {"{:a 1, \"b\" [2], 3 4}", R"({"a":1,"b":[2],"3":4})"},
      {"#{}", "[]"},
      {"#inst \"2020-01-01\"", R"("2020-01-01")"},
      {"#a.b.C{:x #d 1}", R"({"x":1})"},
      {"#object[Foo 0x12ab \"text\"]", R"(["Foo",4779,"text"])"},
      {"[1 #_2 3 #_#_4 5 #_[6 {:x 7}]]", "[1,3]"},
      {"[1 ; 2\n 3]", "[1,3]"},
      {"[[:append x 1] [:r :y nil]]", R"([["append","x",1],["r","y",null]])"},
  };
  for (const auto& [edn, json] : cases) EXPECT_EQ(WrittenValue(edn), json) << edn;
}

TEST(EdnValue, SetsThatAreEqualAreOneValue) {
  const History h = ReadHistoryText(
      "{:process 0, :type :invoke, :f :write, :value #{1 2 3}}"
      "{:process 1, :type :invoke, :f :write, :value #{3 1 2}}",
      "h");
  EXPECT_EQ(h.operations()[0].input, h.operations()[1].input);
}

TEST(EdnValue, AnIntegerBeyond64BitsKeepsItsDigits) {
  const History h = ReadHistoryText(
      "{:process 0, :type :invoke, :f :write, :value 123456789012345678901234N}", "h");
  EXPECT_EQ(h.values().AsText(h.operations()[0].input), "123456789012345678901234");
}

TEST(EdnValue, TimesAndUnknownFieldsAreNotInterned) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "{:process 0, :type :" + std::string(i % 2 ? "ok" : "invoke") +
            ", :f :write, :value 1" + ", :time " + std::to_string(1'000'000 + i) + ", :index " +
            std::to_string(i) + ", :clock {:n1 " + std::to_string(2'000'000 + i) + "}}\n";
  }
  EXPECT_LT(ReadHistoryText(text, "h").values().size(), 20u);
}

TEST(EdnEvent, HasJepsensFields) {
  const History h = ReadHistoryText(
      "{:index 0, :time 12, :process 3, :type :invoke, :f :cas, :value [1 2], :node \"n1\"}\n"
      "{:index 1, :time 15, :process 3, :type :info, :f :cas, :value [1 2], :error [:timeout 5]}\n"
      "{:index 2, :time 16, :process :nemesis, :type :info, :f :start, :value {:n1 :majority}}\n",
      "h");
  EXPECT_EQ(h.Describe(0), "cas 1→2 (unknown outcome)");
  EXPECT_EQ(h.times()[0].call, 12);
  EXPECT_EQ(h.times()[0].ret, 15);
  EXPECT_EQ(h.node_names()[h.nodes()[0]], "n1");
  EXPECT_EQ(h.values().ToText(h.errors()[0]), R"(["timeout",5])");
  ASSERT_EQ(h.faults().size(), 1u);
  EXPECT_EQ(h.FunctionName(h.faults()[0].function), "start");
  EXPECT_TRUE(h.warnings().empty());
}

TEST(EdnEvent, AReadThatIsCompletedWithNilSaysNothing) {
  const History h = ReadHistoryText(
      "{:process 0, :type :invoke, :f :read, :value nil}"
      "{:process 0, :type :ok, :f :read, :value nil}"
      "{:process 0, :type :invoke, :f :write, :value nil}"
      "{:process 0, :type :ok, :f :write, :value nil}",
      "h");
  EXPECT_EQ(h.operations()[0].output, kNoValue);
  EXPECT_EQ(h.operations()[1].output, kNull);
}

TEST(EdnEvent, ATaggedTupleHasAnIndependentKey) {
  const std::string tagged =
      "{:process 0, :type :invoke, :f :cas, :value #jepsen.independent/tuple [k4 [1 2]]}\n"
      "{:process 0, :type :ok, :f :cas, :value #jepsen.independent/tuple [k4 [1 2]]}\n"
      "{:process 0, :type :invoke, :f :read, :value #jepsen.independent/tuple [k4 nil]}\n"
      "{:process 0, :type :ok, :f :read, :value #jepsen.independent/tuple [k4 nil]}\n";
  const History h = ReadHistoryText(tagged, "h");
  EXPECT_EQ(h.keys().size(), 1u);
  EXPECT_EQ(h.Describe(0), "cas \"k4\" 1→2");
  EXPECT_EQ(h.operations()[1].output, kNoValue);
}

TEST(EdnEvent, AnUntaggedTupleHasAnIndependentKeyOnlyWhereThatIsSaid) {
  const std::string text = "{:process 0, :type :invoke, :f :write, :value [3 7]}";
  EXPECT_THAT(Described(text), ElementsAre("write [3,7] (unknown outcome)"));
  EXPECT_THAT(Described(text, {.independent = true}), ElementsAre("write 3 7 (unknown outcome)"));
}

TEST(EdnEvent, ThePairsOfTheNemesisAndOfWhatNamesItsKeyStayWhole) {
  const History h = ReadHistoryText(
      "{:type :info, :f :start, :value [:n1 :n2], :process :nemesis}\n"
      "{:type :invoke, :f :cas, :value [1 2], :key :k, :process 0}\n",
      "h", {.independent = true});
  EXPECT_EQ(h.values().ToText(h.faults()[0].value), R"(["n1","n2"])");
  EXPECT_EQ(h.Describe(0), "cas \"k\" 1→2 (unknown outcome)");
}

TEST(EdnEvent, WithoutProcessItBelongsToTheOneWithoutName) {
  EXPECT_THAT(Described("{:type :invoke, :f :read, :value nil} {:type :ok, :f :read, :value 4}"),
              ElementsAre("read = 4"));
}

TEST(EdnEvent, WithoutFunctionIsATransactionWhereItsValueIsOne) {
  const History h = ReadHistoryText(
      "{:process 1 :type :invoke :value [[:r 253 nil]]} {:process 1 :type :ok :value [[:r 253 "
      "[1]]]}",
      "h");
  EXPECT_EQ(h.operations()[0].function, kTxn);
}

TEST(EdnEvent, OfPorcupinesKeyValueFiles) {
  EXPECT_THAT(Described("{:process 0, :type :invoke, :f :append, :key \"0\", :value \"x 0 0 y\"}\n"
                        "{:process 0, :type :ok, :f :append, :key \"0\", :value \"x 0 0 y\"}\n"
                        "{:process 0, :type :invoke, :f :get, :key \"7\", :value nil}\n"
                        "{:process 0, :type :ok, :f :get, :key \"7\", :value \"\"}\n"),
              ElementsAre("append \"0\" \"x 0 0 y\"", "get \"7\" = \"\""));
}

const std::string kCallOfWrite = "{:process 0, :type :invoke, :f :write, :value 7}";
const std::string kReturnOfWrite = "{:process 0, :type :ok, :f :write, :value 7}";

TEST(EdnFile, HoldsEventsInAnyArrangement) {
  const std::string arrangements[] = {
      kCallOfWrite + "\n" + kReturnOfWrite + "\n",
      kCallOfWrite + "\n" + kReturnOfWrite,
      kCallOfWrite + kReturnOfWrite,
      kCallOfWrite + " , " + kReturnOfWrite + " ; the end",
      "[" + kCallOfWrite + "\n " + kReturnOfWrite + "]",
      "(" + kCallOfWrite + "\n" + kReturnOfWrite + "\n)\n",
      "[" + kCallOfWrite + "]\n[" + kReturnOfWrite + "]",
      "; a comment\n\n[#jepsen.history.Op" + kCallOfWrite + ",\n#jepsen.history.Op " +
          kReturnOfWrite + "]",
      "\xef\xbb\xbf" + kCallOfWrite + "\r\n#_{:type :x}\r\n" + kReturnOfWrite + "\r\n",
  };
  for (const std::string& text : arrangements) {
    EXPECT_THAT(Described(text), ElementsAre("write 7")) << text;
  }
}

TEST(EdnFile, EventsThatBlocksCutAreWhole) {
  std::string text;
  for (int i = 0; text.size() < (3u << 20); ++i) {
    text += "{:process 0, :type :invoke, :f :write, :value \"" + std::string(i % 97, 'v') +
            "\\n\"} ; comment {\n#_ {:x 1} {:process 0, :type :ok, :f :write, :value " +
            std::to_string(i) + "}\n";
  }
  const History h = ReadHistoryText(text, "h");
  EXPECT_EQ(h.event_count(), std::count(text.begin(), text.end(), '\n'));  // two of each
}

TEST(EdnFile, AnEventOfManyBlocksIsRead) {
  const std::string big(8 << 20, 'x');
  EXPECT_EQ(WrittenValue("\"" + big + "\"").size(), big.size() + 2);
}

}  // namespace
}  // namespace cleave
