// Columns keep what they hold while they grow from small blocks to mappings that move.
#include "harness/history/column.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace cleave {
namespace {

TEST(Column, KeepsItsElementsWhileItGrowsToManyPages) {
  Column<uint64_t> column;
  for (uint64_t i = 0; i < 3'000'000; ++i) column.push_back(i * i);  // 24 MB: past huge pages
  ASSERT_EQ(column.size(), 3'000'000u);
  for (uint64_t i = 0; i < column.size(); ++i) ASSERT_EQ(column[i], i * i);
}

TEST(Column, AppendsAnElementOfItsOwn) {
  Column<uint32_t> column(1, 7);
  for (int i = 0; i < 100; ++i) column.push_back(column[0]);
  EXPECT_EQ(column[100], 7u);
}

TEST(Column, AppendsManyAndResizesWithAValue) {
  Column<uint32_t> column;
  const uint32_t some[] = {1, 2, 3};
  column.append(some);
  column.append({});
  column.resize(600'000, 9);  // from malloc to a mapping at once
  EXPECT_EQ(column[2], 3u);
  EXPECT_EQ(column[3], 9u);
  EXPECT_EQ(column[599'999], 9u);
  column.resize(1);
  EXPECT_EQ(column.size(), 1u);
}

TEST(Column, MovesItsBlock) {
  Column<char> small(10, 'a'), big(size_t{5} << 20, 'b');
  const char* const place = big.data();
  Column<char> moved(std::move(big));
  EXPECT_EQ(moved.data(), place);
  EXPECT_TRUE(big.empty());
  small = std::move(moved);
  EXPECT_EQ(small.data(), place);
  EXPECT_EQ(small.size(), size_t{5} << 20);
}

TEST(Column, ReservedSpaceThatIsNotUsedCostsNothing) {
  Column<char> column;
  column.reserve(size_t{1} << 34);  // 16 GiB: only address space
  column.push_back('x');
  EXPECT_EQ(column[0], 'x');
}

}  // namespace
}  // namespace cleave
