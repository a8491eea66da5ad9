// The example in the README is the file that is compiled, and it works.
#include "checkers/example_unique_ids.h"

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
  const std::string code = FileText("example_unique_ids.cc");
  ASSERT_FALSE(code.empty());
  EXPECT_NE(FileText("README.md").find("```cpp\n" + code + "```\n"), std::string::npos)
      << "checkers/README.md does not show checkers/example_unique_ids.cc as it is";
}

TEST(ExampleUniqueIds, AnIdentifierHandedOutTwiceIsInvalid) {
  const CheckResult result =
      CheckUniqueIds(ParseNotation("p0: id()=1 | p1: id()=2 | p2: id()=1"), {});
  EXPECT_EQ(result.verdict, Verdict::kInvalid);
  EXPECT_EQ(result.anomalies[0].operations, (std::vector<uint32_t>{0, 2}));
}

TEST(ExampleUniqueIds, DifferentIdentifiersAreValid) {
  EXPECT_EQ(CheckUniqueIds(ParseNotation("p0: id()=1 | p1: id()=2 | p2: id() info"), {}).verdict,
            Verdict::kValid);
}

}  // namespace
}  // namespace cleave
