// Verdicts on histories that others recorded, beside the checkout (skipped where they are absent),
// and on our own in testdata/, whose names end in their verdict: NAME.CHECKER.VERDICT.jsonl.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "checkers/checker.h"
#include "harness/history/reader.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(line);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// The models and formats that there are so far.
bool Supported(const std::string& file, const std::string& model) {
  return FindChecker(model) != nullptr && (file.ends_with(".log") || file.ends_with(".json"));
}

/// Files that others call valid although they show nothing: for us that is unknown.
bool ShowsNothing(const std::string& file) {
  return file == "elle-cli/counter.json";  // adds only, and not one read
}

/// The options of a row, as elle-cli names them.
CheckOptions OptionsOf(const std::string& text) {
  CheckOptions options;
  const std::string group_size = "--group-size ";
  if (text.starts_with(group_size)) {
    options.group_size = static_cast<uint32_t>(std::stoul(text.substr(group_size.size())));
  }
  return options;
}

TEST(SharedHistories, VerdictsAgree) {
  const fs::path folder = CLEAVE_SHARED_HISTORIES;
  if (!fs::exists(folder / "expected.tsv")) GTEST_SKIP() << "no recorded histories in " << folder;
  std::ifstream table(folder / "expected.tsv");
  std::string line;
  std::getline(table, line);
  std::map<std::string, int> checked;
  while (std::getline(table, line)) {
    const std::vector<std::string> row = Split(line, '\t');
    ASSERT_GE(row.size(), 4u) << line;
    if (!Supported(row[0], row[1])) continue;
    const History history = ReadHistory(folder / row[0]);
    const CheckResult result = RunChecker(*FindChecker(row[1]), history, OptionsOf(row[2]));
    const Verdict expected = ShowsNothing(row[0]) ? Verdict::kUnknown
                             : row[3] == "true"   ? Verdict::kValid
                                                  : Verdict::kInvalid;
    EXPECT_EQ(VerdictName(result.verdict), std::string(VerdictName(expected)))
        << row[0] << ": " << result.reason;
    if (expected == Verdict::kInvalid) {
      EXPECT_FALSE(result.anomalies.empty()) << row[0];
      for (const Anomaly& anomaly : result.anomalies)
        EXPECT_FALSE(anomaly.operations.empty()) << row[0];
    }
    ++checked[row[1]];
  }
  EXPECT_GE(checked["cas-register"], 51);
  EXPECT_GE(checked["set-full"], 1);
  EXPECT_GE(checked["list-append"], 1);
  EXPECT_GE(checked["bank"], 1);
  EXPECT_GE(checked["counter"], 1);
}

TEST(SharedHistories, OurOwnEndAsTheirNamesSay) {
  int checked = 0;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(CLEAVE_CHECKERS_DIR) / "testdata")) {
    const std::vector<std::string> name = Split(entry.path().filename().string(), '.');
    if (name.size() != 4 || name[3] != "jsonl") continue;
    const CheckerInfo* checker = FindChecker(name[1]);
    ASSERT_NE(checker, nullptr) << entry.path();
    const CheckResult result = RunChecker(*checker, ReadHistory(entry.path()), {});
    EXPECT_EQ(VerdictName(result.verdict), name[2]) << entry.path() << ": " << result.reason;
    ++checked;
  }
  EXPECT_GE(checked, 17);
}

}  // namespace
}  // namespace cleave
