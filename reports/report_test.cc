// The whole page: everything from outside escaped, nothing loaded, strange input survived.
#include "reports/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "reports/registry.h"
#include "reports/testing/sample_run.h"

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Directory {
 public:
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "cleave-report-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string Render(const SampleRun& run, const std::filesystem::path& directory = "") {
  return RenderReport({directory, run.history, run.test, run.schedule, run.results});
}

class Hostile : public ::testing::TestWithParam<std::string> {};

TEST_P(Hostile, TextStaysTextEverywhere) {
  const Directory directory;
  const SampleOptions options{.operations = 300, .verdict = "invalid", .hostile = GetParam()};
  WriteSampleLogs(options, directory.path());
  const std::string page = Render(MakeSampleRun(options), directory.path());
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
  EXPECT_FALSE(std::regex_search(page, std::regex("[^\\\\]\" onclick=")));  // \" in JSON is no end
  // Exactly the elements of the page's own: none was begun or ended by text.
  const auto count = [&](const std::string& pattern) {
    const std::regex regex(pattern);
    return std::distance(std::sregex_iterator(page.begin(), page.end(), regex),
                         std::sregex_iterator());
  };
  EXPECT_EQ(count("<script"), count("</script>"));
  EXPECT_EQ(count("<script"), 1 + 14 + 1);  // data, columns, code
  EXPECT_FALSE(Json(page).dump().empty());  // valid UTF-8, or this throws
}
INSTANTIATE_TEST_SUITE_P(
    Report, Hostile,
    ::testing::Values("</script><script>alert(1)</script>", "\" onclick=\"alert(1)\" x='",
                      "<img src=x onerror=alert(1)>", "]]></pre></details><!--",
                      "\xFF\xFE\xC0 broken \xED\xA0\x80", std::string("nul\0here", 8)));

TEST(Report, LoadsNothing) {
  const std::string page = Render(MakeSampleRun({.operations = 300, .verdict = "invalid"}));
  EXPECT_FALSE(std::regex_search(page, std::regex("(src|href)=\"(https?:)?//")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr(" style=\"")));  // the policy would drop it
}

TEST(Report, HasEverySection) {
  const Directory directory;
  WriteSampleLogs({}, directory.path());
  const std::string page = Render(MakeSampleRun({.operations = 300}), directory.path());
  for (const Section& section : Sections()) {
    EXPECT_THAT(page, HasSubstr("<section id=\"" + std::string(section.name) + "\""))
        << section.name;
  }
}

TEST(Report, EqualInputGivesAnEqualPage) {
  EXPECT_EQ(Render(MakeSampleRun({.operations = 300})), Render(MakeSampleRun({.operations = 300})));
}

TEST(Report, ShowsHowFarAnOrderComes) {
  const std::string page = Render(MakeSampleRun({.operations = 300, .verdict = "invalid"}));
  EXPECT_THAT(page, HasSubstr("The longest order"));
  EXPECT_THAT(page, HasSubstr("read = 1 cannot follow: the register holds 2"));
  EXPECT_THAT(page, HasSubstr("class=\"tick\""));
  EXPECT_THAT(page, Not(HasSubstr("&quot;partial&quot;")));  // said once is enough
}

TEST(Report, PartialOrdersOfTheWrongShapeAreLeftOut) {
  SampleRun run = MakeSampleRun({.operations = 300, .verdict = "invalid"});
  Json& partial = run.results["checkers"][0]["anomalies"][1]["detail"]["partial"];
  for (const Json& wrong :
       {Json(7), Json::array(), Json::array({1, nullptr}), Json::array({{{"order", 5}}}),
        Json::array({{{"order", {{{"event", 1'000'000}, {"state", 7}}, 3, {{"event", -1}}}},
                      {"stuck", {{{"event", "x"}}}}}})}) {
    partial = wrong;
    EXPECT_THAT(Render(run), HasSubstr("</html>")) << wrong;
  }
}

TEST(Report, ShowsWhatIsDoubtedOfTheHistory) {
  SampleRun run = MakeSampleRun({.operations = 300});
  run.results["checkers"][0]["data"] = {
      {"lint", {{{"name", "retry"}, {"text", "sent <again>"}, {"operations", {0}}}, 7}}};
  EXPECT_THAT(Render(run), HasSubstr("<b>linearizable, retry</b>: sent &lt;again&gt;</p>"));
}

TEST(Report, LogsAreCutToTheirLastLines) {
  const Directory directory;
  WriteSampleLogs({}, directory.path());
  const std::string page = Render(MakeSampleRun({.operations = 30}), directory.path());
  EXPECT_THAT(page, HasSubstr("499 INFO"));
  EXPECT_THAT(page, Not(HasSubstr("\n200 INFO")));
  EXPECT_THAT(page, HasSubstr("href=\"nodes/n1/raft.log\""));
}

TEST(Report, SurvivesFilesOfTheWrongShape) {
  const History history = HistoryBuilder().Finish();
  for (const Json& json :
       {Json(), Json(7), Json("x"), Json::array({1, "a", nullptr}), Json::object(),
        Json{{"checkers", {1, {{"anomalies", {2, {{"operations", 3}}}}}}},
             {"options", 3},
             {"faults", {4}},
             {"target", 5},
             {"verdict", 6}}}) {
    EXPECT_THAT(RenderReport({"", history, json, json, json}), HasSubstr("</html>"));
    EXPECT_THAT(RenderJUnit({"", history, json, json, json}), HasSubstr("</testsuites>"));
  }
}

TEST(Report, HistoryWithoutTimesIsDrawnByPosition) {
  HistoryBuilder builder;
  RawEvent event{.value = kNull};
  ASSERT_EQ(builder.Add(event), std::nullopt);
  event.type = EventType::kOk;
  ASSERT_EQ(builder.Add(event), std::nullopt);
  const History history = builder.Finish();
  const std::string page = RenderReport({"", history, nullptr, nullptr, nullptr});
  EXPECT_THAT(page, HasSubstr("\"clock\":\"position\""));
  EXPECT_THAT(page, Not(HasSubstr("id=\"latency\"")));
}

TEST(Report, UnwritablePlaceIsAnErrorWithThePath) {
  const SampleRun run = MakeSampleRun({.operations = 10});
  const ReportInput input{"", run.history, run.test, run.schedule, run.results};
  try {
    WriteReport(input, "/nonexistent/report.html");
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/report.html"));
  }
}

TEST(Report, SaysWhyARunStoppedEarly) {
  SampleRun run = MakeSampleRun({.operations = 50, .verdict = "invalid"});
  run.test["violation"] = {{"words", "stale-read of key \"k<1>\" at event 9"}, {"stopped", true}};
  EXPECT_THAT(Render(run), HasSubstr("Stopped at the first violation"));
  EXPECT_THAT(Render(run), HasSubstr("k&lt;1&gt;"));
  run.test["violation"]["stopped"] = false;  // --keep-going
  EXPECT_THAT(Render(run), Not(HasSubstr("Stopped at the first violation")));
}

}  // namespace
}  // namespace cleave
