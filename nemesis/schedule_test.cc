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
