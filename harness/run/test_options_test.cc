// Options survive the way into test.json and back.
#include "harness/run/test_options.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TestOptions Unusual() {
  TestOptions o;
  o.target = "etcd";
  o.workload = "append";
  o.nemesis = {"partition:halves", "kill"};
  o.bug = "stale-read";
  o.target_flags = {{"serializable", "true"}};
  o.seed = UINT64_MAX;
  o.nodes = 3;
  o.concurrency = 7;
  o.rate = 12.5;
  o.time_limit = 60'000'000'000;
  o.ops = 5;
  o.nemesis_interval = 6;
  o.op_timeout = 7;
  o.recovery_time = 8;
  o.key_count = 9;
  o.ops_per_key = 10;
  o.max_txn_length = 8;
  o.key_skew = 0;
  o.store = "/somewhere else";
  o.schedule = "schedule.json";
  o.online = false;
  o.keep_going = true;
  o.quiet = true;
  o.command = {"cleave", "test", "etcd"};
  return o;
}

TEST(TestOptions, SurviveTheRoundTripThroughText) {
  Json json = ToJson(Unusual());
  EXPECT_EQ(ToJson(TestOptionsFromJson(ParseJson(DumpJson(json)))), json);
}

TEST(TestOptions, EveryFieldIsWrittenAndReadBack) {
  Json usual = ToJson(TestOptions{}), unusual = ToJson(TestOptionsFromJson(ToJson(Unusual())));
  for (const auto& [name, value] : unusual.items()) EXPECT_NE(value, usual[name]) << name;
}

TEST(TestOptions, AFieldThatIsMissingHasItsDefault) {
  EXPECT_EQ(TestOptionsFromJson(Json::object()).nodes, TestOptions{}.nodes);
}

TEST(TestOptions, AWrongTypeIsRefusedByName) {
  for (const char* text : {R"({"nodes": "5"})", R"({"nodes": true})", R"({"nodes": 1.5})",
                           R"({"seed": -1})", R"({"quiet": 1})", R"({"nemesis": [1]})",
                           R"({"target_flags": {"a": 1}})", R"({"store": null})"}) {
    Json json = ParseJson(text);
    try {
      TestOptionsFromJson(json);
      ADD_FAILURE() << text << " was accepted";
    } catch (const std::runtime_error& e) {
      EXPECT_NE(std::string(e.what()).find(json.begin().key()), std::string::npos) << e.what();
    }
  }
  EXPECT_THROW(TestOptionsFromJson(Json::array()), std::runtime_error);
}

}  // namespace
}  // namespace cleave
