// The README's example is the file that is compiled and run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "workloads/registry.h"

namespace cleave {
namespace {

std::string ReadFile(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / name;
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Readme, ShowsTheExampleAsItIs) {
  const std::string block = "```cpp\n" + ReadFile("example_test.cc") + "```\n";
  EXPECT_NE(ReadFile("README.md").find(block), std::string::npos);
}

TEST(Readme, NamesEveryWorkload) {
  const std::string text = ReadFile("README.md");
  for (const WorkloadInfo& workload : Workloads()) {
    EXPECT_NE(text.find("`" + workload.name + "`"), std::string::npos) << workload.name;
  }
}

}  // namespace
}  // namespace cleave
