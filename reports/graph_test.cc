// Cycles through Graphviz: labels stay text, whatever they look like.
#include "reports/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(CycleGraph, DrawsEveryEdge) {
  const std::string html = CycleGraph({{"cycle",
                                        {{{"from", "T1"}, {"to", "T2"}, {"type", "ww"}},
                                         {{"from", "T2"}, {"to", "T1"}, {"type", "rw"}}}}},
                                      HistoryBuilder().Finish());
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, HasSubstr(">ww</text>"));
  EXPECT_THAT(html, HasSubstr(">rw</text>"));
}

TEST(CycleGraph, HtmlLikeLabelsAndEscapesStayText) {
  const std::string html = CycleGraph({{"cycle",
                                        {{{"from", "<b>x</b>"},
                                          {"to", "\\N&lt;\\G"},
                                          {"type", "</svg><script>"},
                                          {"text", "<i>"}}}}},
                                      HistoryBuilder().Finish());
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("\\N"));
  EXPECT_THAT(html, HasSubstr("<li>&lt;i&gt;</li>"));
}

TEST(CycleGraph, StepsAreACycleOfTransactions) {
  const std::string html =
      CycleGraph({{"steps", {"T1 saw less", "T2 saw more"}}}, HistoryBuilder().Finish());
  EXPECT_THAT(html, HasSubstr(">T1</text>"));
  EXPECT_THAT(html, HasSubstr("T2 saw more"));
}

TEST(CycleGraph, OtherDetailsHaveNone) {
  const History history = HistoryBuilder().Finish();
  EXPECT_EQ(CycleGraph(nullptr, history), "");
  EXPECT_EQ(CycleGraph({{"cycle", "x"}}, history), "");
  EXPECT_EQ(CycleGraph({{"cycle", {1, 2}}}, history), "");
}

}  // namespace
}  // namespace cleave
