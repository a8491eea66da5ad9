// Interning: equal values have equal ids, whatever their kind and however many there are.
#include "harness/history/value.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TEST(ValueTable, EqualValuesShareOneIdAndRoundTripThroughJson) {
  ValueTable table;
  for (const char* text :
       {"null", "true", "false", "0", "-7", "9223372036854775807", "1.5", "18446744073709551615",
        "\"\"", "\"x\\u0000y\"", "[]", "[1,[2,null],\"a\"]", "{\"b\":1,\"a\":[2]}"}) {
    const Json json = ParseJson(text);
    const ValueId id = table.FromJson(json);
    EXPECT_EQ(table.FromJson(json), id) << text;
    EXPECT_EQ(table.ToJson(id), json) << text;
  }
}

TEST(ValueTable, KeepsIdsThroughGrowth) {
  ValueTable table;
  std::vector<ValueId> ints, strings, lists;
  for (int i = 0; i < 20'000; ++i) {
    ints.push_back(table.Int(i * 1'000'003LL - 5'000'000'000LL));
    strings.push_back(table.String("s" + std::to_string(i)));
    const ValueId pair[] = {ints.back(), strings.back()};
    lists.push_back(table.List(pair));
  }
  for (int i = 0; i < 20'000; ++i) {
    const int64_t value = i * 1'000'003LL - 5'000'000'000LL;
    ASSERT_EQ(table.Int(value), ints[i]);
    ASSERT_EQ(table.FindInt(value), ints[i]);
    ASSERT_EQ(table.FindString("s" + std::to_string(i)), strings[i]);
    const ValueId pair[] = {ints[i], strings[i]};
    ASSERT_EQ(table.List(pair), lists[i]);
  }
  EXPECT_EQ(table.FindInt(1), kNoValue);
  EXPECT_EQ(table.FindString("absent"), kNoValue);
}

TEST(ValueTable, TextsOfEveryLengthAndContentKeepTheirIds) {
  ValueTable table;
  std::vector<std::string> texts{""};
  for (size_t size = 1; size <= 20; ++size) {
    for (const char last : {'a', 'b', '\0', '\xff'})
      texts.push_back(std::string(size - 1, 'a') + last);
    for (int i = 0; i < 500; ++i) texts.push_back(std::string(size, '\0') + std::to_string(i));
  }
  std::vector<ValueId> ids;
  for (const std::string& text : texts) ids.push_back(table.String(text));
  for (size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(table.AsText(ids[i]), texts[i]);
    ASSERT_EQ(table.String(texts[i]), ids[i]) << texts[i];
  }
}

TEST(ValueTable, LooseListsHoldTheirElementsAndSoonRepeatedOnesShareAnId) {
  ValueTable table;
  const auto elements = [&](int i) { return std::vector{table.Int(i), table.Int(i % 7), kNull}; };
  const ValueId strict = table.List(elements(0));
  std::vector<ValueId> loose;
  for (int i = 0; i < 20'000; ++i) {
    loose.push_back(table.LooseList(elements(i)));
    EXPECT_EQ(table.LooseList(elements(i)), loose.back());
  }
  EXPECT_EQ(table.LooseList({}), table.LooseList({}));
  for (int i = 0; i < 20'000; ++i) {
    const auto held = table.Elements(loose[static_cast<size_t>(i)]);
    ASSERT_EQ(std::vector(held.begin(), held.end()), elements(i));
  }
  EXPECT_EQ(table.List(elements(0)), strict);
}

TEST(ValueTable, AnIntegerKeepsItsIdWhenTheTableGrowsPastIt) {
  ValueTable table;
  const ValueId large = table.Int(200'000);
  for (int i = 0; i < 300'000; ++i) table.Int(i);
  EXPECT_EQ(table.Int(200'000), large);
  EXPECT_EQ(table.FindInt(200'000), large);
  EXPECT_EQ(table.size(), 300'001u);
}

TEST(ValueTable, ShortTextIsTheShortenedText) {
  ValueTable table;
  std::string text;
  for (int i = 0; i < 200; ++i) text += i % 3 == 0 ? "é" : i % 7 == 0 ? "\"" : "x";
  Json list = Json::array();
  for (int i = 0; i < 1000; ++i) list.push_back(i % 10 == 0 ? Json(text) : Json(i));
  for (const Json& json : {Json(7), Json("x"), Json(text), list, Json({text, list}),
                           Json(std::vector<int>(300, 1)), Json({{"a", text}, {"b", list}})}) {
    const ValueId id = table.FromJson(json);
    EXPECT_EQ(table.ToShortText(id), Shortened(table.ToText(id)));
    const bool fits = table.ToText(id).size() <= 160;
    EXPECT_EQ(table.ToShortJson(id), fits ? json : Json(table.ToShortText(id)));
  }
}

TEST(ValueTable, AShortenedTextIsNeverCutInsideACharacter) {
  for (size_t before = 0; before < 4; ++before) {
    std::string text(before, 'x');
    for (int i = 0; i < 100; ++i) text += "…";
    const std::string cut = Shortened(text);
    EXPECT_LT(cut.size(), 170u);
    EXPECT_EQ(ParseJson(DumpJson(Json(cut))), Json(cut));  // it is UTF-8
  }
}

TEST(ValueTable, TheEmptyStringIsNotTheEmptyListIsNotNull) {
  ValueTable table;
  const ValueId text = table.String(""), list = table.List({}), map = table.Map({});
  EXPECT_EQ(std::set<ValueId>({text, list, map, kNull, table.Int(0), table.Bool(false)}).size(),
            6u);
}

}  // namespace
}  // namespace cleave
