// Verdicts on histories that others recorded, beside the checkout (skipped where they are absent),
// and on our own in testdata/, whose names end in their verdict: NAME.CHECKER.VERDICT.jsonl. The
// verifier replays the order of every valid one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "checkers/checker.h"
#include "checkers/object/model.h"
#include "checkers/register/register_ops.h"
#include "checkers/transactions/consistency_models.h"
#include "checkers/transactions/order_witness.h"
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

/// How one row of the table is to be read and judged.
struct Question {
  ReadOptions read;
  CheckOptions check;
};

/// The options that the table's third column may name, each with a value. False where the value is
/// not known.
struct TableOption {
  const char* name;
  bool (*set)(const std::string& value, Question* question);
};
constexpr TableOption kTableOptions[] = {
    {"--format",
     [](const std::string& value, Question* question) {
       const auto format = FindHistoryFormat(value);
       if (format) question->read.format = *format;
       return format.has_value();
     }},
    {"--consistency-models",
     [](const std::string& value, Question* question) {
       // AWDIT's levels keep the order of sessions; of causal that is said already.
       const std::string name =
           question->read.format == HistoryFormat::kAwditTest && value != "causal"
               ? "strong-session-" + value
               : value;
       question->check.consistency_models = {name};
       return FindConsistencyModel(name) != nullptr;
     }},
    {"--group-size",
     [](const std::string& value, Question* question) {
       question->check.group_size = static_cast<uint32_t>(std::stoul(value));
       return true;
     }},
    {"--initial",
     [](const std::string& value, Question* question) {
       question->check.initial = value;
       return true;
     }},
};

/// Sets the options, or returns which there is not yet.
std::string SetOptions(const std::string& column, Question* question) {
  const std::vector<std::string> words = Split(column, ' ');
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    bool known = false;
    for (const TableOption& option : kTableOptions) {
      known = known || (option.name == words[i] && option.set(words[i + 1], question));
    }
    if (!known) return words[i] + " " + words[i + 1];
  }
  return "";
}

/// Files that others call valid although they show nothing: for us that is unknown.
bool ShowsNothing(const fs::path& file) {
  return file.filename() == "counter.json";  // adds only, and not one read
}

/// Of transactions: every level that an order shows is asked for, and where it holds, its order
/// must pass the verifier. Whether any did.
bool ExpectOrders(const std::string& what, const std::string& checker, const History& history) {
  bool verified = false;
  for (const OrderedModel& model : OrderedModels()) {
    std::vector<Witness> witnesses;
    CheckOptions options;
    options.witnesses = &witnesses;
    options.consistency_models = {model.name};
    const CheckResult result = RunChecker(*FindChecker(checker), history, options);
    if (result.verdict != Verdict::kValid) continue;
    EXPECT_EQ(witnesses.size(), 1u) << what << " " << model.name;
    EXPECT_EQ(Verify(history, witnesses, {}), std::nullopt) << what << " " << model.name;
    verified = true;
  }
  return verified;
}

/// Where a valid verdict is one of linearizability, its order must pass the verifier, and those of
/// transactions whatever was asked for. Whether there was one.
bool ExpectWitness(const std::string& what, const std::string& checker, const History& history,
                   CheckOptions options, bool valid) {
  const std::string name = FindChecker(checker)->name;
  if (name == "append" || name == "rw-register") return ExpectOrders(what, checker, history);
  if (!valid || (FindModel(checker) == nullptr && name != "linearizable")) return false;
  std::vector<Witness> witnesses;
  options.witnesses = &witnesses;
  RunChecker(*FindChecker(checker), history, options);
  const ValueId initial = FindJsonText(history.values(), options.initial);
  EXPECT_EQ(Verify(history, witnesses, {initial, options.permits}), std::nullopt) << what;
  return true;
}

bool ExpectVerdict(const fs::path& file, const std::string& model, const std::string& expected,
                   const Question& question) {
  const History history = ReadHistory(file, question.read);
  const CheckResult result = RunChecker(*FindChecker(model), history, question.check);
  const Verdict verdict = ShowsNothing(file)   ? Verdict::kUnknown
                          : expected == "true" ? Verdict::kValid
                                               : Verdict::kInvalid;
  EXPECT_EQ(VerdictName(result.verdict), std::string(VerdictName(verdict)))
      << file << " as " << model << ": " << result.reason;
  EXPECT_EQ(result.anomalies.empty(), verdict != Verdict::kInvalid) << file;
  for (const Anomaly& anomaly : result.anomalies) {
    EXPECT_FALSE(anomaly.operations.empty()) << file << ": " << anomaly.explanation;
  }
  return ExpectWitness(file, model, history, question.check, verdict == Verdict::kValid);
}

/// Every row whose model and options there are is judged; the others are listed by what they lack.
TEST(SharedHistories, VerdictsAgree) {
  const fs::path folder = CLEAVE_SHARED_HISTORIES;
  if (!fs::exists(folder / "expected.tsv")) GTEST_SKIP() << "no recorded histories in " << folder;
  std::ifstream table(folder / "expected.tsv");
  std::string line;
  std::getline(table, line);
  std::map<std::string, int> checked, skipped;
  int verified = 0;
  while (std::getline(table, line)) {
    const std::vector<std::string> row = Split(line, '\t');
    ASSERT_GE(row.size(), 4u) << line;
    Question question;
    const std::string lacks =
        FindChecker(row[1]) == nullptr ? "model " + row[1] : SetOptions(row[2], &question);
    if (!lacks.empty()) {
      ++skipped[lacks];
      continue;
    }
    verified += ExpectVerdict(folder / row[0], row[1], row[3], question);
    ++checked[row[1]];
  }
  for (const auto& [lacks, rows] : skipped) {
    std::cout << "not judged for want of " << lacks << ": " << rows << " rows\n";
  }
  EXPECT_GE(verified, 28);
  EXPECT_GE(checked["cas-register"], 58);
  EXPECT_GE(checked["set"], 1);
  EXPECT_GE(checked["set-full"], 1);
  EXPECT_GE(checked["list-append"], 2);
  EXPECT_GE(checked["bank"], 3);
  EXPECT_GE(checked["counter"], 1);
  EXPECT_GE(checked["long-fork"], 1);
  EXPECT_GE(checked["mutex"], 1);
  EXPECT_GE(checked["kv-append"], 4);
}

TEST(SharedHistories, OurOwnEndAsTheirNamesSay) {
  int checked = 0, verified = 0;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(CLEAVE_CHECKERS_DIR) / "testdata")) {
    const std::vector<std::string> name = Split(entry.path().filename().string(), '.');
    if (name.size() != 4 || name[3] != "jsonl") continue;
    const CheckerInfo* checker = FindChecker(name[1]);
    ASSERT_NE(checker, nullptr) << entry.path();
    const History history = ReadHistory(entry.path());
    const CheckResult result = RunChecker(*checker, history, {});
    EXPECT_EQ(VerdictName(result.verdict), name[2]) << entry.path() << ": " << result.reason;
    const bool valid = result.verdict == Verdict::kValid;
    verified += ExpectWitness(entry.path(), name[1], history, {}, valid);
    ++checked;
  }
  EXPECT_GE(checked, 17);
  EXPECT_GE(verified, 2);
}

}  // namespace
}  // namespace cleave
