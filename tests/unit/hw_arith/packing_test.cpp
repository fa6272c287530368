// Products of a PE and cycle, by the published machines.
#include <gtest/gtest.h>

#include "hw/arith/packing.h"

namespace systolith {
namespace {

void expect_rate(Packing packing, Format activations, Format weights, std::int64_t products,
                 std::int64_t cycles = 1) {
  const PeRate rate = pe_rate(packing, activations, weights);
  EXPECT_EQ(rate.products, products) << to_string(packing);
  EXPECT_EQ(rate.cycles, cycles) << to_string(packing);
}

// BitFusion (ISCA 2018): one 8 x 8, two 8 x 4, four 4 x 4.
TEST(PeRate, FusedSlicesDoOneTwoOrFour) {
  expect_rate(Packing::fused, Format::int8, Format::int8, 1);
  expect_rate(Packing::fused, Format::int8, Format::int4, 2);
  expect_rate(Packing::fused, Format::int4, Format::int8, 2);
  expect_rate(Packing::fused, Format::int4, Format::int4, 4);
}

// NVIDIA's tensor cores: int4 at twice int8's rate.
TEST(PeRate, TwoSlicesSideBySideDoOneOrTwo) {
  expect_rate(Packing::simd, Format::int8, Format::int8, 1);
  expect_rate(Packing::simd, Format::int8, Format::int4, 2);
  expect_rate(Packing::simd, Format::int4, Format::int4, 2);
  expect_rate(Packing::simd, Format::int4, Format::int8, 1);
}

TEST(PeRate, OneMultiplierDoesOne) {
  for (const Format activations : {Format::int4, Format::int8, Format::uint8})
    for (const Format weights : {Format::int4, Format::int8})
      expect_rate(Packing::none, activations, weights, 1);
}

TEST(PeRate, FloatsHaveMultipliersOfTheirOwn) {
  for (const Packing packing : {Packing::none, Packing::simd, Packing::fused})
    expect_rate(packing, Format::bf16, Format::bf16, 1);
}

}  // namespace
}  // namespace systolith
