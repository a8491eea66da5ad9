// What is a placeholder, and what stands for itself.
#include "targets/user/placeholders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave {
namespace {

using testing::ElementsAre;

TEST(Placeholders, AreFilledInWhereverTheyStand) {
  const Placeholders values = {{"ip", "10.42.0.1"}, {"port", "7000"}};
  EXPECT_EQ(Fill(std::string("http://{ip}:{port}/"), values), "http://10.42.0.1:7000/");
  EXPECT_EQ(Fill(std::vector<std::string>{"{port}", "x"}, values),
            (std::vector<std::string>{"7000", "x"}));
}

TEST(Placeholders, OtherBracesStandForThemselves) {
  for (const std::string text :
       {R"({"a":{"b":1}})", "{}", "{ ip }", "${", "a{b", "}{", "{1}", "{{}}", "{a-b}", "{"}) {
    EXPECT_TRUE(PlaceholdersIn(text).empty()) << text;
    EXPECT_EQ(Fill(text, {}), text);
  }
}

TEST(Placeholders, DoubledBracesAreTheTextInsideThem) {
  EXPECT_EQ(Fill(std::string("awk '{{print}}'"), {}), "awk '{print}'");
  EXPECT_EQ(Fill(std::string("{{{ip}}}"), {{"ip", "x"}}), "{{ip}}");
  EXPECT_EQ(Fill(std::string("{{ip}"), {{"ip", "x"}}), "{x");
}

TEST(Placeholders, AreNamedInTheirOrder) {
  EXPECT_THAT(PlaceholdersIn("{a}{b_2} {{c}} {a}"), ElementsAre("a", "b_2", "a"));
}

TEST(Placeholders, OneWithoutAValueIsAMistakeOfOurs) {
  EXPECT_THROW(Fill(std::string("{ip}"), {}), std::logic_error);
}

}  // namespace
}  // namespace cleave
