// The coding of columns: what the page inflates is what the history held.
#include "reports/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "reports/testing/sample_run.h"

namespace cleave {
namespace {

std::vector<int64_t> Decode(std::string_view bytes, bool delta) {
  std::vector<int64_t> values;
  uint64_t last = 0;
  for (size_t at = 0; at < bytes.size();) {
    uint64_t code = 0;
    int shift = 0;
    uint8_t byte;
    do {
      byte = bytes[at++];
      code |= static_cast<uint64_t>(byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    const uint64_t value = (code >> 1) ^ (~(code & 1) + 1);
    last = delta ? last + value : value;
    values.push_back(static_cast<int64_t>(last));
  }
  return values;
}

TEST(ColumnWriter, AnyInt64ComesBack) {
  const std::vector<int64_t> values = {0,         -1,        1, 63, 64, -64, -65, 1'000'000'000'000,
                                       INT64_MAX, INT64_MIN, 7};
  for (const bool delta : {false, true}) {
    ColumnWriter writer(delta);
    for (const int64_t value : values) writer.Add(value);
    EXPECT_EQ(Decode(writer.bytes(), delta), values) << "delta " << delta;
  }
}

TEST(Base64, PadsEveryLength) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("\xFF\xFE\xFD"), "//79");
}

TEST(Deflate, InflatesToTheSame) {
  const std::string text(100'000, 'x');
  const std::string packed = Deflate(text);
  EXPECT_LT(packed.size(), text.size() / 100);
  std::string out(text.size(), '\0');
  uLongf size = out.size();
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                       reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
            Z_OK);
  EXPECT_EQ(out, text);
}

TEST(RenderColumns, LongValuesAreCut) {
  HistoryBuilder builder;
  std::vector<ValueId> elements;
  for (int i = 0; i < 100'000; ++i) elements.push_back(builder.values().Int(i));
  RawEvent event{.value = kNull, .time = 0};
  ASSERT_EQ(builder.Add(event), std::nullopt);
  event.type = EventType::kOk;
  event.value = builder.values().List(elements);
  ASSERT_EQ(builder.Add(event), std::nullopt);
  EXPECT_LT(RenderColumns(builder.Finish()).size(), 4000u);
}

TEST(RenderColumns, EmptyHistoryHasEmptyColumns) {
  EXPECT_THAT(RenderColumns(HistoryBuilder().Finish()), ::testing::HasSubstr("data-name=\"call\""));
}

}  // namespace
}  // namespace cleave
