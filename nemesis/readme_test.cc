// The README's example is the file that is compiled and run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "nemesis/registry.h"

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

TEST(Readme, NamesEveryFaultAndShape) {
  const std::string text = ReadFile("README.md");
  for (const FaultInfo& fault : Faults()) {
    EXPECT_NE(text.find("`" + fault.name + "`"), std::string::npos) << fault.name;
    for (const std::string& shape : fault.shapes) {
      if (shape.ends_with("-one-way")) continue;
      EXPECT_NE(text.find("`" + shape + "`"), std::string::npos) << shape;
    }
  }
}

}  // namespace
}  // namespace cleave
