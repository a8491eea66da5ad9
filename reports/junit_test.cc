// junit.xml: verdicts as CI reads them, well-formed whatever the results say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/report.h"
#include "reports/testing/sample_run.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string JUnit(const Json& results, const Json& test = nullptr) {
  const History history = HistoryBuilder().Finish();
  return RenderJUnit({"", history, test, nullptr, results});
}

Json One(const char* verdict, const std::string& reason) {
  return {{"verdict", verdict},
          {"checkers", {{{"checker", "linearizable"}, {"verdict", verdict}, {"reason", reason}}}}};
}

TEST(JUnit, InvalidIsAFailureWithItsEvidence) {
  Json results = One("invalid", "key x");
  results["checkers"][0]["anomalies"] = {
      {{"name", "stale-read"},
       {"explanation", "too old"},
       {"operations", {{{"index", 7}, {"process", 3}, {"text", "read = 1"}, {"outcome", "ok"}}}}}};
  const std::string xml = JUnit(results);
  EXPECT_THAT(xml, HasSubstr("failures=\"1\" errors=\"0\""));
  EXPECT_THAT(xml, HasSubstr("event 7, process 3: read = 1 (ok)"));
}

TEST(JUnit, UnknownIsAnError) {
  EXPECT_THAT(JUnit(One("unknown", "out of time")), HasSubstr("failures=\"0\" errors=\"1\""));
}

TEST(JUnit, VacuousIsAFailureOfItsOwnType) {
  EXPECT_THAT(JUnit(One("vacuous", "no fault")), HasSubstr("<failure type=\"vacuous\""));
}

TEST(JUnit, ValidIsASuccess) {
  EXPECT_THAT(JUnit(One("valid", "")), HasSubstr("failures=\"0\" errors=\"0\""));
}

TEST(JUnit, RunWithoutResultsIsNoSuccess) {
  EXPECT_THAT(JUnit(nullptr), HasSubstr("errors=\"1\""));
  EXPECT_THAT(JUnit({{"checkers", 7}}), HasSubstr("errors=\"1\""));
}

TEST(JUnit, OptionsAreProperties) {
  EXPECT_THAT(JUnit(One("valid", ""), {{"options", {{"seed", 42}}}}),
              HasSubstr("<property name=\"seed\" value=\"42\"/>"));
}

TEST(JUnit, ForbiddenCharactersAreReplaced) {
  const std::string xml = JUnit(One("invalid", std::string("a\0b\x01<&\"\xFF\xEF\xBF\xBF", 11)));
  EXPECT_THAT(xml, HasSubstr("a␀b␁&lt;&amp;&quot;\xEF\xBF\xBD\xEF\xBF\xBD"));
  for (const char c : xml) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
}

}  // namespace
}  // namespace cleave
