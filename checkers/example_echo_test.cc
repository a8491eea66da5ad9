// The example in the README is the file that is compiled, and it works.
#include "checkers/example_echo.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/history/notation.h"

namespace cleave {
namespace {

std::string FileText(const std::string& name) {
  std::ifstream file(std::filesystem::path(CLEAVE_CHECKERS_DIR) / name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Readme, ShowsTheExampleThatIsCompiled) {
  const std::string code = FileText("example_echo.cc");
  ASSERT_FALSE(code.empty());
  EXPECT_NE(FileText("README.md").find("```cpp\n" + code + "```\n"), std::string::npos)
      << "checkers/README.md does not show checkers/example_echo.cc as it is";
}

TEST(ExampleEcho, AnAnswerThatIsNotWhatWasSentIsInvalid) {
  const CheckResult result = CheckEcho(ParseNotation("p0: echo(1)=1 | p1: echo(2)=3"), {});
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies[0].operations, (std::vector<uint32_t>{1}));
}

TEST(ExampleEcho, AnswersThatAreWhatWasSentAreValid) {
  EXPECT_EQ(CheckEcho(ParseNotation("p0: echo(1)=1 | p1: echo(2) info"), {}).verdict,
            Verdict::kValid);
}

}  // namespace
}  // namespace cleave
