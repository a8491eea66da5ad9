// Escaping: nothing from outside leaves its place in the page.
#include "reports/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Escape, TurnsMarkupIntoText) {
  EXPECT_EQ(Escape("</script><b a=\"1\" c='2'>&"),
            "&lt;/script&gt;&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
}

TEST(Escape, KeepsWellFormedText) { EXPECT_EQ(Escape("naïve → 漢字 🂡"), "naïve → 漢字 🂡"); }

TEST(Escape, ReplacesEveryKindOfBrokenUtf8) {
  EXPECT_EQ(Escape("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(Escape("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");       // overlong '/'
  EXPECT_THAT(Escape("\xED\xA0\x80"), HasSubstr("\xEF\xBF\xBD"));  // a surrogate
  EXPECT_EQ(Escape("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");       // cut in the middle
}

TEST(Escape, ShowsControlCharactersAsPictures) {
  EXPECT_EQ(Escape(std::string("a\0\x1B[0m", 6)), "a␀␛[0m");
  EXPECT_EQ(Escape("a\tb\nc"), "a\tb\nc");
}

TEST(EscapeJson, CannotEndItsElement) {
  const std::string json = EscapeJson({{"</script>", "<!--\xFF&"}});
  EXPECT_THAT(json, Not(HasSubstr("<")));
  EXPECT_EQ(ParseJson(json).begin().key(), "</script>");
}

TEST(Shorten, CutsBetweenCodePoints) {
  EXPECT_EQ(Shorten("aé", 2), "a…");
  EXPECT_EQ(Shorten("aé", 3), "aé");
}

TEST(Grouped, SeparatesThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1'234'567), "1,234,567");
}

TEST(Duration, ChoosesTheUnitThatReadsBest) {
  EXPECT_EQ(Duration(0), "0 ns");
  EXPECT_EQ(Duration(1'500), "1.5 µs");
  EXPECT_EQ(Duration(12'000'000), "12 ms");
  EXPECT_EQ(Duration(125'000'000'000), "2 min 5 s");
  EXPECT_EQ(Duration(-2'000), "−2 µs");
}

TEST(JsonToHtml, MakesATableOfNestedObjects) {
  const std::string html =
      JsonToHtml({{"n1", {{"ok", 1200}}}, {"n2", {{"ok", 3}, {"gap", "<i>"}}}}, "nodes");
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">gap</th>"));
  EXPECT_THAT(html, HasSubstr(">1,200</td>"));
  EXPECT_THAT(html, HasSubstr("&lt;i&gt;"));
}

TEST(JsonToHtml, FindsTheTableInsideAnObject) {
  const std::string html =
      JsonToHtml({{"by-node", {{"n1", {{"ok", 1}}}, {"n2", {{"ok", 2}}}}}}, "x");
  EXPECT_THAT(html, HasSubstr("<b>n2</b>"));
}

TEST(JsonToHtml, ShowsMillisecondsAsTimes) {
  const std::string html = JsonToHtml({{"longest-gap-ms", 1500.0}}, "x");
  EXPECT_THAT(html, HasSubstr("<dt>longest-gap</dt><dd>1.5 s</dd>"));
}

TEST(At, OfWhatIsNoObjectIsNull) {
  EXPECT_TRUE(At(Json(3), "x").is_null());
  EXPECT_TRUE(At(Json::array({1}), "x").is_null());
  EXPECT_EQ(TextAt(Json{{"x", 3}}, "x", "none"), "none");
}

}  // namespace
}  // namespace cleave
