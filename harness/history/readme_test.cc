// README.md quotes the embedding example and lines of a history: both must be what the code does.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/history/reader.h"

namespace cleave {
namespace {

std::string FileText(const std::string& name) {
  std::ifstream in(std::filesystem::path(CLEAVE_HISTORY_DIR) / name);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// The content of the first code block of that language.
std::string Block(const std::string& text, const std::string& language) {
  std::string fence = "```";
  fence.append(language).append("\n");
  const size_t begin = text.find(fence);
  if (begin == std::string::npos) return "";
  const size_t first = begin + fence.size();
  return text.substr(first, text.find("```", first) - first);
}

TEST(Readme, QuotesTheEmbeddingExampleAsItIsCompiled) {
  EXPECT_EQ(Block(FileText("README.md"), "cpp"), FileText("embedding_example_main.cc"));
}

TEST(Readme, ItsHistoryIsOneThatTheReaderTakes) {
  const History h = ReadHistoryText(Block(FileText("README.md"), "json"), "README.md");
  EXPECT_TRUE(h.warnings().empty());
  EXPECT_GT(h.operations().size(), 3u);
  EXPECT_GT(h.faults().size(), 2u);
}

TEST(Readme, ItsEdnIsReadAsItSays) {
  const History h = ReadHistoryText(Block(FileText("README.md"), "clojure"), "README.md");
  ASSERT_EQ(h.operations().size(), 2u);
  EXPECT_EQ(h.Describe(0), R"(write ["k4",17])");
  EXPECT_EQ(h.operations()[1].function, kTxn);
  EXPECT_EQ(h.values().ToText(h.faults()[0].value), R"({"n1":["n2","n3"]})");
}

}  // namespace
}  // namespace cleave
