// The README's example is a command of the program, and its rule for a new one is kept by all.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace cleave {
namespace {

std::string ReadFile(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / name;
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(CliReadme, ShowsTheExampleAsItIs) {
  const std::string block = "```cpp\n" + ReadFile("doctor.cc") + "```\n";
  EXPECT_NE(ReadFile("README.md").find(block), std::string::npos);
}

TEST(CliReadme, EveryDeclaredCommandIsARowOfMain) {
  const std::string header = ReadFile("commands.h"), program = ReadFile("main.cc");
  const std::regex declaration("void (Add\\w+)\\(");
  for (std::sregex_iterator it(header.begin(), header.end(), declaration), end; it != end; ++it) {
    EXPECT_NE(program.find(" " + (*it)[1].str() + ","), std::string::npos) << (*it)[1];
  }
}

}  // namespace
}  // namespace cleave
