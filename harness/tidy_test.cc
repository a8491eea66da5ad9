// The house's rules, as far as a machine can keep them: includes go only in the design's direction,
// every file has a head, chance comes from seeds, lines are short, and registries and files agree.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace cleave {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = CLEAVE_SOURCE_DIR;
const std::vector<std::string> kFolders = {"harness",   "nemesis", "checkers",
                                           "workloads", "targets", "reports"};

struct Source {
  std::string path;  // relative to the root
  std::vector<std::string> lines;
};

std::vector<std::string> Lines(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

const std::vector<Source>& Sources() {
  static const std::vector<Source> sources = [] {
    std::vector<Source> found;
    for (const std::string& folder : kFolders) {
      for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
        const std::string extension = entry.path().extension();
        if (extension != ".cc" && extension != ".h") continue;
        found.push_back({fs::relative(entry.path(), kRoot), Lines(entry.path())});
      }
    }
    return found;
  }();
  return sources;
}

/// "harness/run" for harness/run/client.h, "checkers" for checkers/set.cc.
std::string Room(const std::string& path) {
  const size_t first = path.find('/');
  if (path.substr(0, first) != "harness") return path.substr(0, first);
  const size_t second = path.find('/', first + 1);
  return second == std::string::npos ? "harness" : path.substr(0, second);
}

bool IsTest(const std::string& path) {
  return path.ends_with("_test.cc") || path.ends_with("_bench.cc") ||
         path.find("_test_") != std::string::npos;
}

/// Code points, not bytes.
size_t Width(const std::string& line) {
  return std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

TEST(Tidy, IncludesGoOnlyInTheDesignsDirection) {
  const std::map<std::string, std::set<std::string>> allowed = {
      {"harness/history", {}},
      {"harness/run", {"harness/history"}},
      {"harness/cluster", {"harness/history", "harness/run"}},
      {"checkers", {"harness/history"}},
      {"workloads", {"harness/history", "harness/run"}},
      {"targets", {"harness/history", "harness/run"}},
      {"nemesis", {"harness/history", "harness/run"}},
      {"reports", {"harness/history", "harness/run"}},
  };
  const std::regex include("^#include \"([^\"]+)\"");
  for (const Source& source : Sources()) {
    const auto rule = allowed.find(Room(source.path));
    if (rule == allowed.end()) continue;  // harness/cli may include everything
    for (const std::string& line : source.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      const std::string target = match[1];
      const std::string room = Room(target);
      const bool test_of_cluster = IsTest(source.path) && room == "harness/cluster";
      if (target.ends_with(".inc")) continue;  // generated at build
      EXPECT_TRUE(room == rule->first || rule->second.contains(room) || test_of_cluster)
          << source.path << " includes " << target;
      EXPECT_TRUE(fs::exists(kRoot / target))
          << source.path << ": " << target << " is not rooted at the repository";
    }
  }
}

TEST(Tidy, EveryFileSaysAtItsHeadWhatItIs) {
  for (const Source& source : Sources()) {
    ASSERT_FALSE(source.lines.empty()) << source.path;
    EXPECT_TRUE(source.lines[0].starts_with("// ")) << source.path;
    if (source.path.ends_with(".h")) {
      EXPECT_TRUE(std::find(source.lines.begin(), source.lines.end(), "#pragma once") !=
                  source.lines.end())
          << source.path;
    }
  }
}

TEST(Tidy, ChanceComesFromTheRunsSeed) {
  const std::regex chance("\\brand\\(|random_device");
  for (const Source& source : Sources()) {
    if (source.path == "harness/tidy_test.cc") continue;
    for (const std::string& line : source.lines) {
      EXPECT_FALSE(std::regex_search(line, chance)) << source.path << ": " << line;
    }
  }
}

TEST(Tidy, NoLineIsLongerThanAHundredColumns) {
  for (const Source& source : Sources()) {
    for (size_t i = 0; i < source.lines.size(); ++i) {
      EXPECT_LE(Width(source.lines[i]), 100u) << source.path << ":" << i + 1;
    }
  }
}

TEST(Tidy, NoFileOutgrowsItsRoom) {
  for (const Source& source : Sources()) {
    EXPECT_LE(source.lines.size(), 500u) << source.path;
  }
}

/// The first group of every match in the lines of the folder's sources.
std::set<std::string> Matches(const std::string& folder, const std::regex& pattern, bool registry) {
  std::set<std::string> found;
  for (const Source& source : Sources()) {
    if (!source.path.starts_with(folder + "/") || !source.path.ends_with(".cc")) continue;
    if (IsTest(source.path) || source.path.find("example") != std::string::npos) continue;
    if ((source.path == folder + "/registry.cc") != registry) continue;
    for (const std::string& line : source.lines) {
      for (std::sregex_iterator it(line.begin(), line.end(), pattern), end; it != end; ++it) {
        found.insert((*it)[1]);
      }
    }
  }
  return found;
}

TEST(Tidy, EveryRegistryRowHasItsFileAndEveryFileItsRow) {
  struct Registry {
    const char *folder, *definition, *row;
    std::set<std::string> no_rows;  // defined alike, but something else
  };
  const Registry registries[] = {
      {"nemesis", R"(^std::unique_ptr<Fault> (Make\w+)\(\))", R"(\b(Make\w+)\})", {}},
      {"workloads", R"(^Workload (Make\w+)\()", R"(\b(Make\w+)\})", {}},
      {"targets", R"(^TargetInfo (\w+)\(\) \{)", R"(\b(\w+Target)\(\),)", {}},
      {"checkers", R"(^CheckResult (Check\w+)\(const History& history)", R"(\b(Check\w+)\})", {}},
      {"reports",
       R"(^std::string (Render\w+)\(const ReportInput& \w+\) \{)",
       R"(\b(Render\w+)\})",
       {"RenderReport", "RenderJUnit"}},
  };
  for (const Registry& registry : registries) {
    std::set<std::string> defined =
        Matches(registry.folder, std::regex(registry.definition), false);
    for (const std::string& name : registry.no_rows) EXPECT_EQ(defined.erase(name), 1u) << name;
    EXPECT_FALSE(defined.empty()) << registry.folder;
    EXPECT_EQ(Matches(registry.folder, std::regex(registry.row), true), defined) << registry.folder;
  }
}

TEST(Tidy, TheTopLevelHoldsWhatTheDesignNames) {
  std::set<std::string> expected(kFolders.begin(), kFolders.end());
  expected.insert({"CMakeLists.txt", "README.md", "cleave"});
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(".") || name == "build" || name == "store") continue;
    EXPECT_TRUE(expected.contains(name)) << name;
  }
}

TEST(Tidy, EveryFolderExplainsItself) {
  for (const char* folder : {"harness/history", "harness/run", "harness/cluster", "harness/cli",
                             "nemesis", "checkers", "workloads", "targets", "reports"}) {
    EXPECT_TRUE(fs::exists(kRoot / folder / "README.md")) << folder;
  }
}

}  // namespace
}  // namespace cleave
