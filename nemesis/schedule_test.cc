// schedule.json: written, read, and refused with the place of the mistake.
#include "nemesis/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cleave {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Schedule Example() {
  Schedule schedule;
  schedule.nodes = 5;
  schedule.seed = 18'000'000'000'000'000'000u;
  schedule.faults = {{1'250'000'000, "start-partition", ParseJson(R"({"shape":"halves"})")},
                     {6'500'001'000, "stop-partition", nullptr}};
  return schedule;
}

TEST(Schedule, IsALineForEachFault) {
  EXPECT_EQ(ToText(Example()),
            "{\"nodes\": 5, \"seed\": 18000000000000000000, \"faults\": [\n"
            "  {\"at\":1.25,\"f\":\"start-partition\",\"value\":{\"shape\":\"halves\"}},\n"
            "  {\"at\":6.500001,\"f\":\"stop-partition\"}\n"
            "]}\n");
}

TEST(Schedule, ReadsWhatItWrites) {
  const std::string text = ToText(Example());
  EXPECT_EQ(ToText(ParseSchedule(text, "s")), text);
  Schedule empty;
  EXPECT_EQ(ToText(ParseSchedule(ToText(empty), "s")), ToText(empty));
}

TEST(Schedule, ErrorsSayFileAndPlaceAndReason) {
  const std::pair<const char*, const char*> kWrong[] = {
      {"", "s.json: "},
      {"[]", "s.json: must be an object, not []"},
      {"{}", "s.json: \"faults\" is missing"},
      {R"({"faults":{}})", "s.json: faults: must be a list"},
      {R"({"fault":[]})", "s.json: unknown member \"fault\"; there are nodes, seed, faults"},
      {R"({"nodes":-1,"faults":[]})", "s.json: nodes: must be a whole number, not -1"},
      {R"({"faults":[1]})", "s.json: faults[0]: must be an object, not 1"},
      {R"({"faults":[{"f":"stop-kill"}]})", "s.json: faults[0]: \"at\" is missing"},
      {R"({"faults":[{"at":"x","f":"stop-kill"}]})",
       "s.json: faults[0].at: must be a number of seconds"},
      {R"({"faults":[{"at":-1,"f":"stop-kill"}]})", "s.json: faults[0].at: must be 0 to 1e9"},
      {R"({"faults":[{"at":1}]})", "s.json: faults[0]: \"f\" is missing"},
      {R"({"faults":[{"at":1,"f":"kill"}]})",
       "s.json: faults[0].f: must be one of start-partition"},
      {R"({"faults":[{"at":1,"f":"stop-kill","value":3}]})",
       "s.json: faults[0].value: must be an object"},
      {R"({"faults":[{"at":2,"f":"stop-kill"},{"at":1,"f":"stop-kill"}]})",
       "s.json: faults[1].at: is earlier than the fault before it"},
  };
  for (const auto& [text, words] : kWrong) {
    try {
      ParseSchedule(text, "s.json");
      ADD_FAILURE() << text << " was accepted";
    } catch (const ScheduleError& error) {
      EXPECT_THAT(error.what(), StartsWith(words));
    }
  }
}

TEST(Schedule, OneThatIsNestedTooDeeplyIsRefused) {
  const std::string open(1'000'000, '['), close(1'000'000, ']');
  EXPECT_THROW(ParseSchedule(open + close, "s"), ScheduleError);
  EXPECT_THROW(ParseSchedule(open, "s"), ScheduleError);
}

// Killed in the middle of writing the last entry: the file has some bytes of the new text, and
// behind them what is left of the old.
TEST(Schedule, AnEntryTornByACrashIsLeftOut) {
  Schedule after = Example();
  for (size_t n = after.faults.size(); n > 0; --n) {
    Schedule before = after;
    before.faults.pop_back();
    const std::string is = ToText(after), was = ToText(before);
    for (size_t written = was.size() - kScheduleEnd.size(); written <= is.size(); ++written) {
      const std::string rest = written < was.size() ? was.substr(written) : "";
      const std::string text = ToText(ParseSchedule(is.substr(0, written) + rest, "s"));
      EXPECT_TRUE(text == is || text == was) << is.substr(0, written) + rest;
    }
    after = before;
  }
}

TEST(Schedule, AMistakeInTheLastLineIsNotTakenForATornEntry) {
  EXPECT_THROW(ParseSchedule("{\"nodes\": 3, \"faults\": [\n  {\"at\":1,\"f\":\n]}\n", "s"),
               ScheduleError);
}

TEST(Schedule, AMistakeBeforeATornEntryIsAnError) {
  const char* text = "{\"nodes\": 3, \"faults\": [\n  {\"at\":1,\"f\":},\n  {\"at\":2,\n  {\"at";
  EXPECT_THROW(ParseSchedule(text, "s"), ScheduleError);
}

Schedule OneFault(const char* f, const char* value) {
  Schedule schedule;
  schedule.faults = {{0, "start-kill", ParseJson(R"({"shape":"all"})")}, {0, f, ParseJson(value)}};
  return schedule;
}

TEST(ValidateSchedule, FaultsThatCannotBeDoneAreNamedWithTheirPlace) {
  const std::tuple<const char*, const char*, const char*> kWrong[] = {
      {"start-kill", R"({"nodes":["n9"]})", "there is no node \"n9\"; the nodes are n1, n2"},
      {"start-kill", R"({"nodes":"n1"})", "\"nodes\" must be a list"},
      {"start-pause", R"({"shape":"few"})", "there is no shape \"few\""},
      {"start-pause", R"({"shpae":"all"})", "there is no parameter \"shpae\"; there are shape"},
      {"start-partition", R"({"shape":"helves"})", "there is no shape \"helves\""},
      {"start-partition", R"({"shape":"bridge"})", "partition bridge needs at least 3 nodes"},
      {"start-partition", R"({"groups":"n1"})", "\"groups\" must be two or more lists"},
      {"start-partition", R"({"groups":[["n1"],["n3"]]})", "there is no node \"n3\""},
      {"start-partition", R"({"links":["n1>n3"]})", "there is no node \"n3\""},
      {"start-partition", R"({"links":{"n1":"n2"}})", "\"links\" must be a list"},
      {"start-partition", R"({"links":["n1>n2"],"groups":7})", "\"groups\" must be two or more"},
      {"start-partition", R"({"links":["n1>n2"],"one-way":1})", "\"one-way\" must be true or"},
  };
  for (const auto& [f, value, words] : kWrong) {
    try {
      ValidateSchedule(OneFault(f, value), 2, "s.json");
      ADD_FAILURE() << value << " was accepted";
    } catch (const ScheduleError& error) {
      EXPECT_THAT(error.what(), StartsWith(std::string("s.json: faults[1].value: ") + words));
    }
  }
}

TEST(ValidateSchedule, WhatIsLeftOpenAndWhatIsOnlyForPeopleMayBe) {
  for (const char* value :
       {"null", R"({"shape":"leader-one-way"})", R"({"groups":[["n1"],["n2"]]})",
        R"({"shape":"one","groups":[["n1"],["n2"]],"links":["n1>n2"],"instead-of":"leader",
            "one-way":true,"nodes":["n1"]})"}) {
    EXPECT_NO_THROW(ValidateSchedule(OneFault("start-partition", value), 2, "s")) << value;
  }
  EXPECT_NO_THROW(ValidateSchedule(OneFault("stop-kill", "null"), 2, "s"));
}

TEST(Schedule, AMissingFileIsNamed) {
  try {
    ReadSchedule("/nonexistent/schedule.json");
    ADD_FAILURE();
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot read /nonexistent/schedule.json"));
  }
}

}  // namespace
}  // namespace cleave
