// The section that reports/README.md shows, compiled and run; and the proof that the README shows
// exactly it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

// example begins
#include "reports/html.h"
#include "reports/sections.h"

namespace cleave {

/// Which keys were asked for most: one row a key, the busiest first.
std::string RenderBusiestKeys(const ReportInput& input) {
  const History& history = input.history;
  if (history.keys().empty()) return "";  // nothing to say: the section is left out
  std::vector<uint64_t> counts(history.keys().size());
  for (const Operation& op : history.operations()) {
    if (op.key != kNoKey) ++counts[op.key];
  }
  std::vector<KeyId> keys(counts.size());
  for (KeyId key = 0; key < keys.size(); ++key) keys[key] = key;
  std::stable_sort(keys.begin(), keys.end(),
                   [&](KeyId a, KeyId b) { return counts[a] > counts[b]; });
  std::vector<Row> rows;
  for (size_t i = 0; i < keys.size() && i < 10; ++i) {
    const std::string name = history.values().ToText(history.keys()[keys[i]]);
    rows.push_back(
        {Escape(name), Grouped(counts[keys[i]])});  // cells are HTML: escape what is not yours
  }
  return Table({"Key", "Operations"}, rows, "The busiest keys");
}

}  // namespace cleave
// example ends

#include "reports/testing/sample_run.h"

namespace cleave {
namespace {

std::string ReadFile(const std::string& name) {
  std::ifstream in(std::filesystem::path(CLEAVE_REPORTS_DIR) / name);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ExampleSection, RendersATable) {
  const SampleRun run = MakeSampleRun({.operations = 300});
  const std::string html =
      RenderBusiestKeys({"", run.history, run.test, run.schedule, run.results});
  EXPECT_THAT(html, ::testing::HasSubstr(">&quot;k7&quot;</td>"));
}

TEST(ExampleSection, IsWhatTheReadmeShows) {
  const std::string source = ReadFile("example_section_test.cc");
  const std::string begin = "// example begins\n";
  const size_t start = source.find(begin) + begin.size();
  const std::string example = source.substr(start, source.find("// example ends", start) - start);
  EXPECT_THAT(ReadFile("README.md"), ::testing::HasSubstr("```cpp\n" + example + "```"));
}

TEST(Readme, NamesEverySection) {
  const std::string readme = ReadFile("README.md"), registry = ReadFile("registry.cc");
  for (size_t at = 0; (at = registry.find("    {\"", at)) != std::string::npos;) {
    at += 6;
    const std::string name = registry.substr(at, registry.find('"', at) - at);
    std::string cell = "| `";
    cell += name + "` |";
    EXPECT_THAT(readme, ::testing::HasSubstr(cell));
  }
}

}  // namespace
}  // namespace cleave
