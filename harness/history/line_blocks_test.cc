// Two threads read what one reads, and end together whatever the file holds.
#include "harness/history/line_blocks.h"

#include <gtest/gtest.h>

#include <random>

#include "harness/history/reader.h"

namespace cleave {
namespace {

constexpr size_t kManyEvents = 60'000;  // some eight blocks

/// Transactions of ten processes, each returned before the next. Every `foreign`-th line has a
/// blank, and is read the careful way.
std::string ManyLines(size_t events, size_t foreign = 0) {
  std::string text;
  for (size_t i = 0; i < events; ++i) {
    const std::string number = std::to_string(i / 2);
    text += R"({"index":)" + std::to_string(i) + R"(,"time":)" + std::to_string(i * 1000) +
            R"(,"process":)" + std::to_string(i / 2 % 10) + R"(,"type":")" +
            (i % 2 == 0 ? "invoke" : "ok") + R"(","f":"txn","value":[["append","k1",)" + number +
            R"(],["r","a key with a longer name",)" +
            (i % 2 == 0 ? "null" : "[1,2," + number + "]") + R"(]],"node":"n)" +
            std::to_string(i % 3) + R"("})";
    if (foreign != 0 && i % foreign == 0) text += ' ';
    text += '\n';
  }
  return text;
}

/// In pieces that no thread is worth.
std::vector<std::string> Piecewise(const std::string& text) {
  std::vector<std::string> described;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(begin + 400'000, text.size());
    size_t cut = text.find('\n', end == text.size() ? end - 1 : end) + 1;
    // An operation is two lines.
    if (std::count(text.begin() + begin, text.begin() + cut, '\n') % 2 == 1)
      cut = text.find('\n', cut) + 1;
    const History part = ReadHistoryText(std::string_view(text).substr(begin, cut - begin), "part");
    for (size_t i = 0; i < part.operations().size(); ++i) described.push_back(part.Describe(i));
    begin = cut;
  }
  return described;
}

TEST(LineBlocks, AThreadThatLexesAheadChangesNothing) {
  for (const size_t foreign : {0, 7}) {
    const std::string text = ManyLines(kManyEvents, foreign);
    const History history = ReadHistoryText(text, "h");
    ASSERT_EQ(history.event_count(), kManyEvents);
    EXPECT_TRUE(history.warnings().empty());
    const std::vector<std::string> expected = Piecewise(text);
    ASSERT_EQ(expected.size(), history.operations().size());
    for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(history.Describe(i), expected[i]);
  }
}

/// A micro-operation, mostly one that came before.
std::string RandomMop(std::mt19937_64* random) {
  const auto below = [&](uint64_t n) { return (*random)() % n; };
  const std::string key =
      below(8) == 0 ? R"("a key with a longer name")" : std::to_string(below(40));
  std::string list;
  for (auto n = below(4); n > 0; --n) list += (list.empty() ? "" : ",") + std::to_string(below(3));
  switch (below(6)) {
    case 0: return R"(["r",)" + key + ",null]";
    case 1: return R"(["r",)" + key + ",[" + list + "]]";
    case 2: return "[" + key + ",[" + key + "]]";  // three words, and two elements
    case 3: return "[[" + list + "]]";
    default: return R"(["append",)" + key + "," + std::to_string(below(60)) + "]";
  }
}

TEST(LineBlocks, MicroOperationsThatCameBeforeAreTheSameAsThoseThatAreReadCarefully) {
  std::mt19937_64 random(5);
  std::string fast, careful;
  for (size_t i = 0; i < 20'000; ++i) {
    std::string line = R"({"index":)" + std::to_string(i) + R"(,"time":0,"process":0,"type":")" +
                       (i % 2 == 0 ? "invoke" : "ok") + R"(","f":"txn","value":[)";
    for (auto n = random() % 5; n > 0; --n) line += RandomMop(&random) + (n > 1 ? "," : "");
    line += "]}";
    careful += line + " \n";
    // Some are not canonical only behind their value.
    fast += line + (random() % 20 == 0 ? " \n" : "\n");
  }
  const History one = ReadHistoryText(fast, "h"), other = ReadHistoryText(careful, "h");
  ASSERT_EQ(one.operations().size(), other.operations().size());
  for (size_t i = 0; i < one.operations().size(); ++i) {
    const Operation &a = one.operations()[i], &b = other.operations()[i];
    ASSERT_EQ(one.values().ToText(a.input), other.values().ToText(b.input));
    ASSERT_EQ(one.values().ToText(a.output), other.values().ToText(b.output));
  }
}

TEST(LineBlocks, ALineOfNullsIsNotTakenForOneThatCameBefore) {
  const std::string call = R"({"index":0,"time":0,"process":0,"type":"invoke","f":"txn","value":)";
  const std::string nulls = "[[null,null,null],[null,1,2]]";
  // The second line is not canonical behind its value, so that what came before is forgotten.
  const std::string text = call + nulls + "}\n" +
                           R"({"index":1,"time":0,"process":0,"type":"ok","f":"txn","value":)" +
                           "[[null,1,2],[null,3,4]]} \n" +
                           R"({"index":2,"time":0,"process":0,"type":"invoke","f":"txn","value":)" +
                           "[[null,3,4],[null,null,null]]}\n";
  const History history = ReadHistoryText(text, "h");
  const auto operations = history.operations();
  ASSERT_EQ(operations.size(), 2u);
  EXPECT_EQ(history.values().ToText(operations[0].input), nulls);
  EXPECT_EQ(history.values().ToText(operations[0].output), "[[null,1,2],[null,3,4]]");
  EXPECT_EQ(history.values().ToText(operations[1].input), "[[null,3,4],[null,null,null]]");
}

TEST(LineBlocks, ABadLineFarInsideIsNamedByItsNumber) {
  std::string text = ManyLines(kManyEvents);
  size_t at = 0;
  for (int line = 1; line < 50'000; ++line) at = text.find('\n', at) + 1;
  text[at] = '[';
  try {
    ReadHistoryText(text, "h");
    FAIL() << "read";
  } catch (const HistoryError& e) {
    EXPECT_TRUE(std::string_view(e.what()).starts_with("h:50000: ")) << e.what();
  }
}

TEST(LineBlocks, AHoleNearTheBeginningEndsTheThreadThatIsAhead) {
  std::string text = ManyLines(kManyEvents);
  text[text.find('\n') + 5] = '\0';
  EXPECT_THROW(ReadHistoryText(text, "h"), HistoryError);
}

TEST(LineBlocks, WhatFollowsTheLastNewlineStaysPending) {
  const std::string text = ManyLines(kManyEvents) + "torn";
  TextSource source = TextSource::FromMemory(text);
  LineBlocks blocks(&source, true);
  size_t lines = 0;
  while (const LineBlock* block = blocks.Next()) lines += block->lines.size();
  EXPECT_EQ(lines, kManyEvents);
  EXPECT_EQ(source.pending(), "torn");
}

}  // namespace
}  // namespace cleave
