// Dependencies through Graphviz: labels stay text, whatever they look like.
#include "reports/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Two transactions of two micro-operations, and an edge from the first's second to the other's
/// first.
Json Pair(const std::string& text) {
  const Json operations = {text, text};
  return {{"transactions",
           {{{"name", "T1"}, {"event", 0}, {"process", 3}, {"operations", operations}},
            {{"name", "T2"}, {"event", 4}, {"process", 5}, {"operations", operations}}}},
          {"edges",
           {{{"from", "T1"},
             {"to", "T2"},
             {"type", "rw"},
             {"key", text},
             {"from-op", 1},
             {"to-op", 0},
             {"text", text}}}}};
}

/// How often `part` comes in `text`.
size_t Times(const std::string& text, const std::string& part) {
  size_t times = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

TEST(DependencyGraph, DrawsTransactionsWithTheirOperationsAndEveryEdge) {
  const std::string html = DependencyGraph(Pair("x"));
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, HasSubstr("T1 · process 3, event 0"));
  EXPECT_EQ(Times(html, ">x</text>"), 4u);
  EXPECT_THAT(html, HasSubstr(">rw x</text>"));
  EXPECT_THAT(html, HasSubstr("<li>x</li>"));
}

TEST(DependencyGraph, MarkupAndEscapesStayText) {
  for (const char* text :
       {"<b>x</b>", "\\N&lt;\\G", "</svg><script>", "{a|<o0> b}", "a  b", "\\l"}) {
    const std::string html = DependencyGraph(Pair(text));
    EXPECT_THAT(html, Not(HasSubstr("<b>"))) << text;
    EXPECT_THAT(html, Not(HasSubstr("<script"))) << text;
    // Each of four micro-operations is one field, whatever it looks like.
    EXPECT_EQ(Times(html, "<text"), 7u) << html;
  }
}

TEST(DependencyGraph, OfALongTransactionTheOperationsWithEdgesAreShown) {
  Json detail = Pair("x");
  Json many = Json::array();
  for (int i = 0; i < 40; ++i) many.push_back("op" + std::to_string(i));
  detail["transactions"][0]["operations"] = many;
  detail["edges"][0]["from-op"] = 33;
  const std::string html = DependencyGraph(detail);
  EXPECT_THAT(html, HasSubstr(">op33</text>"));
  EXPECT_THAT(html, Not(HasSubstr(">op20</text>")));
  EXPECT_EQ(Times(html, ">…</text>"), 2u);
}

TEST(DependencyGraph, OtherDetailsHaveNone) {
  EXPECT_EQ(DependencyGraph(nullptr), "");
  EXPECT_EQ(DependencyGraph({{"edges", "x"}}), "");
  EXPECT_EQ(DependencyGraph({{"edges", {1, 2}}, {"transactions", 1}}), "");
  EXPECT_THAT(DependencyGraph({{"edges", {1, 2}}, {"transactions", {1, 2}}}),
              Not(HasSubstr("class=\"edge\"")));
}

}  // namespace
}  // namespace cleave
