#include <gtest/gtest.h>

#include <random>

#include "hw/arith/int4.h"
#include "hw/arith/sparse_tile.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

// At most n weights other than zero in every group of m of a column.
std::vector<std::uint8_t> random_tile(const SparseTile& tile, std::mt19937& random) {
  std::vector<std::uint8_t> dense(static_cast<std::size_t>(tile.rows * tile.row_stride));
  for (std::int64_t group = 0; group < tile.rows; group += tile.sparsity.m)
    for (std::int64_t c = 0; c < tile.cols; ++c)
      for (std::int64_t i = 0; i < tile.sparsity.n; ++i) {
        const std::int64_t row = group + static_cast<std::int64_t>(random() % 16) % tile.sparsity.m;
        std::uint8_t* line = dense.data() + row * tile.row_stride;
        const auto code = static_cast<std::uint8_t>(random());
        if (units_per_byte(tile.format) == 2)
          set_int4(line, c, code);
        else
          line[c * bytes_of(tile.format)] = code;
      }
  return dense;
}

TEST(SparseTile, WhatIsCompressedExpandsToItself) {
  std::mt19937 random(1);
  for (const std::string& name : sparsity_names())
    for (const Format format : {Format::int8, Format::int4, Format::bf16, Format::fp32})
      for (const std::int64_t cols : {1, 3, 8, 21}) {
        SparseTile tile{32, cols, packed_bytes(format, cols), format, sparsity_from_name(name)};
        const auto dense = random_tile(tile, random);
        std::vector<std::uint8_t> stored(static_cast<std::size_t>(tile.bytes()));
        compress(tile, dense.data(), stored.data());
        EXPECT_EQ(expand(tile, stored.data()), dense) << name << ", " << cols << " columns";
      }
}

TEST(SparseTile, TwoOfFourStoreHalfOfTheWeightsAndTwoBitsForEach) {
  const SparseTile tile{64, 16, 16, Format::int8, {2, 4}};
  EXPECT_EQ(tile.stored_bytes(), 64 * 16 / 2);
  EXPECT_EQ(tile.bytes() - tile.stored_bytes(), 32 * 16 * 2 / 8);
}

TEST(SparseTile, MoreWeightsThanAreStoredAreABug) {
  const SparseTile tile{4, 1, 1, Format::int8, {1, 4}};
  const std::vector<std::uint8_t> dense = {1, 0, 0, 2};
  std::vector<std::uint8_t> stored(static_cast<std::size_t>(tile.bytes()));
  EXPECT_THROW(compress(tile, dense.data(), stored.data()), InternalError);
}

TEST(Sparsity, TheOneThatStoresLessComesFirst) {
  EXPECT_LT((Sparsity{1, 4}), (Sparsity{2, 4}));
  EXPECT_LT((Sparsity{1, 8}), (Sparsity{1, 4}));
  EXPECT_LT((Sparsity{2, 4}), Sparsity{});
}

TEST(Sparsity, AnUnknownOneIsRefusedWithThoseThatThereAre) {
  EXPECT_THROW(sparsity_from_name("3:4"), UserError);
}

}  // namespace
}  // namespace systolith
