#include "hw/arith/requantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace systolith {
namespace {

constexpr std::int32_t kLow = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kHigh = std::numeric_limits<std::int32_t>::max();

// The three modes tell themselves apart on these; 1000 x 0.0375 with the double 0.0375, which is
// below 3/80. Random values against other transcriptions of the definitions: tests/python.
TEST(Requantize, TheThreeRoundingsDifferWhereTheyAreDefinedTo) {
  struct Case {
    std::int32_t sum;
    double multiplier;
    std::int32_t double_rounding, single_rounding, half_even;
  };
  const Case cases[] = {{1, 0.5, 1, 1, 0},      {-3, 0.5, -1, -1, -2},
                        {5, 0.5, 3, 3, 2},      {-10, 0.25, -3, -2, -2},
                        {-6, 0.25, -2, -1, -2}, {1000, 0.0375, 38, 38, 37}};
  const CodeClamp clamp;
  for (const Case& c : cases) {
    EXPECT_EQ(requantize(c.sum, c.multiplier, clamp, Rounding::double_rounding), c.double_rounding);
    EXPECT_EQ(requantize(c.sum, c.multiplier, clamp, Rounding::single_rounding), c.single_rounding);
    EXPECT_EQ(requantize(c.sum, c.multiplier, clamp, Rounding::half_even), c.half_even);
  }
}

TEST(Requantize, SumsAtTheEndsOfInt32AreExact) {
  EXPECT_EQ(scale_exactly(kHigh, 1.0), kHigh);
  EXPECT_EQ(scale_exactly(kLow, -1.0), kHigh);
  EXPECT_EQ(scale_exactly(kLow, 1e300), kLow);
  EXPECT_EQ(scale_exactly(kLow, 0x1p-32), 0);   // -1/2: a tie
  EXPECT_EQ(scale_exactly(kLow, 0x3p-32), -2);  // -3/2
  EXPECT_EQ(scale_exactly(kLow, 1e-300), 0);
  const auto once = [](std::int32_t sum, double multiplier) {
    return scale_fixed(sum, fixed_multiplier(multiplier), Rounding::single_rounding);
  };
  EXPECT_EQ(once(kHigh, 1.0), kHigh);
  EXPECT_EQ(once(kLow, 1.0), kLow);
  EXPECT_EQ(once(kHigh, 1024.0), kHigh);
  EXPECT_EQ(once(kLow, -1.0), kHigh);
  EXPECT_EQ(once(kLow, 0x1p-31), -1);
}

// The sum is shifted left ahead of the product: what saturates there is beyond any code behind it.
TEST(Requantize, TwoRoundingsSaturateAheadOfTheProduct) {
  const auto twice = [](std::int32_t sum, double multiplier) {
    return scale_fixed(sum, fixed_multiplier(multiplier), Rounding::double_rounding);
  };
  EXPECT_EQ(twice(kHigh / 2, 1.0), kHigh / 2);
  EXPECT_EQ(twice(kHigh, 1.0), 1 << 30);
  EXPECT_EQ(twice(kLow, 1.0), -(1 << 30));
  EXPECT_EQ(twice(kLow, 0x1p-31), -1);
  const CodeClamp int16 = code_clamp(Format::int16, 0, -1e6F, 1e6F);
  for (const double multiplier : {1.0, 1.5, 1024.0}) {
    EXPECT_EQ(requantize(kHigh, multiplier, int16, Rounding::double_rounding), 32767);
    EXPECT_EQ(requantize(kLow, multiplier, int16, Rounding::double_rounding), -32768);
  }
}

TEST(Requantize, AnFp32MultiplierIsExactInThirtyOneBits) {
  for (const float value : {0.1F, 1.0F, 3.5e-5F, 0x1.fffffep-1F, -0.7F}) {
    const FixedMultiplier fixed = fixed_multiplier(double{value});
    EXPECT_EQ(std::ldexp(double{static_cast<float>(fixed.mantissa)}, fixed.shift - 31),
              double{value});
  }
  EXPECT_EQ(fixed_multiplier(0x1p-33).mantissa, 0);
  EXPECT_EQ(fixed_multiplier(1 - 0x1p-40).shift, 1);  // rounds up to 1
}

TEST(Requantize, ZeroPointThenSaturationThenTheFusedClamp) {
  const CodeClamp all = code_clamp(Format::int8, 100, -1000, 1000);
  EXPECT_EQ(requantize(50, 1, all, Rounding::half_even), 127);
  EXPECT_EQ(requantize(kHigh, 1, all, Rounding::single_rounding), 127);
  EXPECT_EQ(requantize(kLow, 1, all, Rounding::double_rounding), -128);
  const CodeClamp relu6 = code_clamp(Format::uint8, 10, 0, 23.5F);
  EXPECT_EQ(relu6.range.low, 10);
  EXPECT_EQ(relu6.range.high, 34);  // 23.5 is a tie, 24 even
  EXPECT_EQ(requantize(-3, 1, relu6, Rounding::double_rounding), 10);
  EXPECT_EQ(requantize(40, 1, relu6, Rounding::double_rounding), 34);
}

}  // namespace
}  // namespace systolith
