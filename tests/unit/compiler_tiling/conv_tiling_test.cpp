#include "compiler/tiling/conv_tiling.h"

#include <gtest/gtest.h>

#include <random>

#include "hw/arch/read_machine.h"
#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

Machine edge_npu() { return read_machine("edge_npu", {}, vocabulary()); }

ConvProblem square(std::int64_t size, std::int64_t in, std::int64_t out, std::int64_t kernel) {
  ConvProblem p;
  p.in_h = p.in_w = p.out_h = p.out_w = size;
  p.group_in = in;
  p.group_out = out;
  p.kernel = {kernel, kernel};
  return p;
}

ConvProblem random_problem(std::mt19937& random) {
  const auto between = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  ConvProblem p = square(between(1, 60), between(1, 300), between(1, 300), between(1, 5));
  p.batch = between(1, 3);
  if (between(0, 3) == 0) {
    p.groups = between(2, 40);
    p.group_in = p.group_out = between(1, 4);
  }
  p.in_h = p.reach(0, p.out_h);
  p.in_w = p.reach(1, p.out_w);
  p.weights = between(0, 1) == 0 ? Format::int8 : Format::int4;
  if (between(0, 1) == 0) p.residual = Format::int8;
  return p;
}

TEST(ConvTiling, StaysWithinBothBudgetsOnRandomProblems) {
  const Machine machine = edge_npu();
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    const ConvProblem p = random_problem(random);
    const TileBudget budget{256 * 1024, 512};
    const ConvTiling t = tile_conv("layer", p, machine, budget);
    EXPECT_LE(t.footprint(), budget.scratchpad);
    const std::int64_t columns =
        t.blocks > 1 ? (t.groups + t.blocks - 1) / t.blocks : (t.columns + 31) / 32;
    EXPECT_LE(t.pixels() * columns, budget.accumulator_rows);
    EXPECT_LE(t.groups, p.groups);
    EXPECT_LE(t.columns, p.group_out);
    EXPECT_LE(t.channels, p.group_in);
  }
}

TEST(ConvTiling, AMemoGivesWhatASearchGives) {
  const Machine machine = edge_npu();
  std::mt19937 random(2);
  TilingMemo memo(machine);
  for (int i = 0; i < 30; ++i) {
    const ConvProblem p = random_problem(random);
    for (const std::int64_t kibibytes : {512, 384, 256, 160}) {
      const TileBudget budget{kibibytes * 1024, 512};
      const ConvTiling found = tile_conv("layer", p, machine, budget);
      const ConvTiling& remembered = memo.tile("layer", p, budget);
      EXPECT_EQ(remembered.cost, found.cost);
      EXPECT_LE(remembered.footprint(), budget.scratchpad);
    }
  }
}

TEST(ConvTiling, SmallGroupsStandSideBySideInTheArray) {
  ConvProblem depthwise = square(14, 1, 1, 3);
  depthwise.groups = 96;
  // 9 taps a group: three groups fill 27 of 32 rows.
  EXPECT_EQ(tile_conv("dw", depthwise, edge_npu(), {512 * 1024, 512}).blocks, 3);
  depthwise.weights = Format::int4;  // 64 contraction indices
  EXPECT_EQ(tile_conv("dw", depthwise, edge_npu(), {512 * 1024, 512}).blocks, 7);
}

// Every tile of int4 begins and ends with a byte, or with the last channel.
TEST(ConvTiling, HalfBytesStayTogether) {
  std::mt19937 random(3);
  Machine machine = edge_npu();
  for (int i = 0; i < 300; ++i) {
    ConvProblem p = random_problem(random);
    p.input = p.weights = p.output = Format::int4;
    p.out_unit = 2;
    machine.core.array.rows = 1 + i % 9;
    machine.core.array.cols = 2 + i % 7;
    const ConvTiling t = tile_conv("layer", p, machine, {256 * 1024, 512});
    const auto whole = [](std::int64_t channels, std::int64_t all) {
      return channels % 2 == 0 || channels == all;
    };
    if (t.groups == 1) {
      EXPECT_TRUE(whole(t.columns, p.groups == 1 ? p.group_out : 0));
      EXPECT_TRUE(whole(t.channels, p.groups == 1 ? p.group_in : 0));
    } else {
      EXPECT_TRUE(whole(t.groups * p.group_out, p.groups * p.group_out));
      EXPECT_TRUE(whole(t.groups * p.group_in, p.groups * p.group_in));
    }
  }
}

TEST(ConvTiling, PackedOperandsTakeHalfTheBytes) {
  ConvProblem p = square(14, 64, 64, 3);
  p.residual = Format::int8;
  const ConvTiling wide = tile_conv("layer", p, edge_npu(), {4096 * 1024, 512});
  p.input = p.output = Format::int4;
  p.residual = Format::int4;
  p.out_unit = 2;
  const ConvTiling packed = tile_conv("layer", p, edge_npu(), {4096 * 1024, 512});
  ASSERT_EQ(packed.pixels() * packed.columns, wide.pixels() * wide.columns);
  constexpr double kAlignment = 64;
  EXPECT_NEAR(2.0 * packed.input_bytes, wide.input_bytes, kAlignment);
  EXPECT_NEAR(2.0 * packed.output_bytes, wide.output_bytes, kAlignment);
  EXPECT_NEAR(2.0 * packed.residual_bytes, wide.residual_bytes, kAlignment);
}

TEST(ConvTiling, PackedWeightsTakeHalfTheBytes) {
  ConvProblem p = square(14, 256, 256, 3);
  const ConvTiling wide = tile_conv("layer", p, edge_npu(), {4096 * 1024, 512});
  p.weights = Format::int4;
  const ConvTiling packed = tile_conv("layer", p, edge_npu(), {4096 * 1024, 512});
  EXPECT_LT(packed.cost, wide.cost);
  const auto weights = [&](const ConvTiling& t) {  // without tables and alignment
    return t.weight_bytes - t.columns * 8 - 128;
  };
  const double per_weight = static_cast<double>(weights(packed)) /
                            static_cast<double>(9 * packed.channels * packed.columns);
  EXPECT_NEAR(per_weight, 0.5, 0.01);
}

TEST(ConvTiling, WhatFitsNowhereNamesTheLayerAndItsNeeds) {
  try {
    tile_conv("conv1", square(8, 64, 64, 3), edge_npu(), {512, 512});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()).find("layer 'conv1': the smallest tile needs "), 0U);
  }
  EXPECT_FALSE(fits(square(8, 64, 64, 3), edge_npu(), {512, 512}));
  EXPECT_TRUE(fits(square(8, 64, 64, 3), edge_npu(), {64 * 1024, 512}));
}

}  // namespace
}  // namespace systolith
