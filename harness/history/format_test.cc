// Each format is recognised by how it begins.
#include "harness/history/format.h"

#include <gtest/gtest.h>

namespace cleave {
namespace {

TEST(Format, IsRecognisedByItsBeginning) {
  const struct {
    const char* text;
    HistoryFormat format;
  } cases[] = {
      {R"({"type":"invoke"})", HistoryFormat::kJsonLines},
      {"{ \n", HistoryFormat::kJsonLines},
      {R"([{"type":"invoke"}])", HistoryFormat::kJsonArray},
      {"[]", HistoryFormat::kJsonArray},
      {"{:type :invoke}", HistoryFormat::kEdn},
      {"{ , :type :invoke}", HistoryFormat::kEdn},
      {"[{:type :invoke}]", HistoryFormat::kEdn},
      {"[\n ; a comment\n {:type :invoke}]", HistoryFormat::kEdn},
      {"({:type :invoke})", HistoryFormat::kEdn},
      {"; a comment\n[{:type :invoke}]", HistoryFormat::kEdn},
      {"#jepsen.history.Op{:type :invoke}", HistoryFormat::kEdn},
      {"[#jepsen.history.Op{:type :invoke}]", HistoryFormat::kEdn},
      {"#_{:type :ok} {:type :invoke}", HistoryFormat::kEdn},
      {"INFO  jepsen.util - 0\t:invoke\t:read\tnil\n", HistoryFormat::kPorcupineEtcd},
      {"w 0 1\n-----\n", HistoryFormat::kAwditTest},
      {"r 0 1", HistoryFormat::kAwditTest},
      {"w(0,1,2,3)\n", HistoryFormat::kPlume},
      {R"({ "params": {}, "data": []})", HistoryFormat::kDbcop},
      {R"([ [ {"events": []}]])", HistoryFormat::kDbcop},
      {R"([[{"type":"invoke"}]])", HistoryFormat::kJsonArray},
      {R"([{"events":[]}])", HistoryFormat::kJsonArray},
      {"r 0", HistoryFormat::kDetect},
      {"w(0,1,2)", HistoryFormat::kDetect},
      {"# a comment of no format", HistoryFormat::kDetect},
      {"root:x:0:0", HistoryFormat::kDetect},
      {"", HistoryFormat::kDetect},
  };
  for (const auto& [text, format] : cases) EXPECT_EQ(DetectFormat(text), format) << text;
}

TEST(Format, IsFoundByItsName) {
  for (const HistoryFormatInfo& info : HistoryFormats()) {
    EXPECT_EQ(FindHistoryFormat(info.name), info.format) << info.name;
  }
  EXPECT_EQ(FindHistoryFormat("yaml"), std::nullopt);
}

}  // namespace
}  // namespace cleave
