// The README's example is the file that is compiled and run, and its tables name what there is.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "targets/registry.h"

namespace cleave {
namespace {

std::string ReadFile(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / name;
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(TargetsReadme, ShowsTheExampleAsItIs) {
  const std::string block = "```cpp\n" + ReadFile("example_test.cc") + "```\n";
  EXPECT_NE(ReadFile("README.md").find(block), std::string::npos);
}

TEST(TargetsReadme, NamesEveryTargetWithItsFlagsAndBugs) {
  const std::string text = ReadFile("README.md");
  const auto names = [&](const std::string& word) {
    return text.find("`" + word + "`") != std::string::npos;
  };
  for (const TargetInfo& target : Targets()) {
    EXPECT_TRUE(names(target.name)) << target.name;
    for (const TargetFlag& flag : target.flags) EXPECT_TRUE(names("--" + flag.name)) << flag.name;
    for (const TargetBug& bug : target.bugs) EXPECT_TRUE(names(bug.name)) << bug.name;
    for (const std::string& package : target.packages) EXPECT_TRUE(names(package)) << package;
  }
}

}  // namespace
}  // namespace cleave
