// The pictures of anomalies: every edge joins the two micro-operations that make it one.
#include "checkers/transactions/dependency_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "checkers/testing/append_litmus.h"
#include "checkers/transactions/append.h"
#include "checkers/transactions/rw_register.h"
#include "harness/history/notation.h"

namespace cleave {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::StartsWith;

/// "append x 1", of the transaction at an end of an edge; "" where it is the transaction as a
/// whole.
std::string OpAt(const Json& picture, const Json& edge, const std::string& end) {
  for (const Json& transaction : picture["transactions"]) {
    if (transaction["name"] != edge[end]) continue;
    const auto op = edge.find(end + "-op");
    return op == edge.end() ? "" : transaction["operations"].at(op->get<size_t>());
  }
  ADD_FAILURE() << "no transaction " << edge[end] << " in " << picture;
  return "";
}

void ExpectSound(const Json& picture, const std::string& write) {
  const std::map<std::string, std::pair<std::string, std::string>> ends = {
      {"ww", {write, write}}, {"wr", {write, "r"}}, {"rw", {"r", write}}};
  ASSERT_TRUE(picture.contains("edges")) << picture;
  for (const Json& edge : picture["edges"]) {
    EXPECT_NE(edge["from"], edge["to"]) << picture;
    const auto known = ends.find(edge["type"].get<std::string>());
    const std::string from = OpAt(picture, edge, "from"), to = OpAt(picture, edge, "to");
    if (known == ends.end()) {
      EXPECT_THAT(edge["type"], AnyOf("process", "realtime"));
      EXPECT_EQ(from + to, "");
      continue;
    }
    const std::string key = " " + edge["key"].get<std::string>() + " ";
    if (edge["from"] != "initial state") {
      EXPECT_THAT(from, StartsWith(known->second.first + key)) << picture;
    }
    EXPECT_THAT(to, StartsWith(known->second.second + key)) << picture;
  }
}

/// Each transaction leads to the next, and the last to the first.
void ExpectCircle(const Json& picture) {
  const Json& edges = picture["edges"];
  for (size_t i = 0; i < edges.size(); ++i) {
    EXPECT_EQ(edges[i]["to"], edges[(i + 1) % edges.size()]["from"]) << picture;
  }
}

TEST(DependencyPicture, EveryCycleOfAppendsIsACircleOfOperations) {
  size_t pictures = 0;
  for (const AppendLitmus& litmus : kAppendLitmus) {
    SCOPED_TRACE(litmus.history);
    const CheckResult result = CheckAppend(ParseNotation(litmus.history), {});
    for (const Anomaly& anomaly : result.anomalies) {
      if (!anomaly.name.starts_with("G") || !anomaly.detail.contains("edges")) continue;
      ++pictures;
      ExpectSound(anomaly.detail, "append");
      ExpectCircle(anomaly.detail);
    }
  }
  EXPECT_GE(pictures, 19u);
}

/// The first anomaly's picture.
Json RwPicture(const std::string& notation, std::vector<std::string> models = {}) {
  CheckOptions options;
  if (!models.empty()) options.consistency_models = std::move(models);
  const CheckResult result = CheckRwRegister(ParseNotation(notation), options);
  if (result.anomalies.empty() || !result.anomalies[0].detail.is_object()) return nullptr;
  ExpectSound(result.anomalies[0].detail, "w");
  return result.anomalies[0].detail;
}

TEST(DependencyPicture, EveryCircleOfRegistersIsOne) {
  for (const char* history :
       {"p0: wx1ry=2 | p1: wy2rx=1 | p0: ok | p1: ok", "p0: rxwx1 | p1: rxwx2 | p0: ok | p1: ok",
        "p0: rxrywx1 | p1: rxrywy2 | p0: ok | p1: ok", "p0: wx1 ok | p1: rx ok",
        "p0: wx1wy1 | p1: rx=1ry | p0: ok | p1: ok",
        "p0: wx1 | p1: wy1 | p2: rx=1ry | p3: rxry=1 | p0: ok | p1: ok | p2: ok | p3: ok"}) {
    const Json picture = RwPicture(history);
    ASSERT_TRUE(picture.is_object()) << history;
    EXPECT_FALSE(picture["edges"].empty());
    ExpectCircle(picture);
  }
}

TEST(DependencyPicture, WhereOnlyAChoiceIsLeftWhatIsCertainIsDrawn) {
  const Json picture = RwPicture(
      "p0: wx1 | p1: wx2 | p2: rx=1 | p2: ok | p2: rx=2 | p2: ok | p3: rx=2 | p3: ok | "
      "p3: rx=1 | p3: ok | p0: ok | p1: ok");
  ASSERT_TRUE(picture.is_object());
  EXPECT_EQ(picture["transactions"].size(), 5u);
  EXPECT_GE(picture["edges"].size(), 6u);  // four reads, and the order of either reader's
}

TEST(DependencyPicture, AForcedOrderShowsTheReaderWhoForcesIt) {
  const Json picture =
      RwPicture("p0: wx1wy1 ok | p1: wx2wy2 | p2: rx=2ry=1 ok | p1: ok", {"read-atomic"});
  ASSERT_TRUE(picture.is_object());
  std::vector<std::string> edges;
  for (const Json& edge : picture["edges"]) {
    edges.push_back(edge["from"].get<std::string>() + " " + edge["type"].get<std::string>() + " " +
                    edge["to"].get<std::string>());
  }
  EXPECT_THAT(edges, ElementsAre("T1 ww T2", "T2 wr T3", "T1 wr T3", "T2 ww T1"));
}

TEST(DependencyPicture, AnEmptyListIsDrawnAsOne) {
  const CheckResult result =
      CheckAppend(ParseNotation("rxay1 ryax1 rxay1! ryax1! rx1ry1 rx1ry1!"), {});
  ASSERT_FALSE(result.anomalies.empty());
  EXPECT_THAT(result.anomalies[0].detail["transactions"][0]["operations"],
              ElementsAre("r x []", "append y 1"));
}

}  // namespace
}  // namespace cleave
