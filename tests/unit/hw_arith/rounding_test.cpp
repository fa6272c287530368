#include "hw/arith/rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace systolith {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

float float_of(std::uint32_t bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// Nearest bf16 by comparing distances to both neighbours in double, without looking at fp32 bits.
std::uint16_t nearest_bf16(float value) {
  const double magnitude = std::fabs(static_cast<double>(value));
  std::uint16_t low = 0, high = 0x7F80;  // codes of non-negative values are ordered
  while (high - low > 1) {
    const auto middle = static_cast<std::uint16_t>((low + high) / 2);
    (from_bf16(middle) <= magnitude ? low : high) = middle;
  }
  if (std::isinf(magnitude)) low = high;
  // Infinity stands for 2^128, the next value if the exponent went on.
  const double above = high == 0x7F80 ? std::ldexp(1.0, 128) : static_cast<double>(from_bf16(high));
  const double down = magnitude - static_cast<double>(from_bf16(low)), up = above - magnitude;
  const bool take_high = low != high && (up < down || (up == down && high % 2 == 0));
  return static_cast<std::uint16_t>((take_high ? high : low) | (std::signbit(value) ? 0x8000 : 0));
}

TEST(ToBf16, EveryBf16ValueIsItsOwnRounding) {
  for (std::uint32_t code = 0; code < 65536; ++code) {
    const float value = from_bf16(static_cast<std::uint16_t>(code));
    if (std::isnan(value))
      EXPECT_EQ(to_bf16(value), code | 0x40U);
    else
      EXPECT_EQ(to_bf16(value), code);
  }
}

TEST(ToBf16, TiesGoToTheEvenNeighbour) {
  EXPECT_EQ(to_bf16(float_of(0x3F808000)), 0x3F80);
  EXPECT_EQ(to_bf16(float_of(0x3F818000)), 0x3F82);
  EXPECT_EQ(to_bf16(float_of(0x3F808001)), 0x3F81);
  EXPECT_EQ(to_bf16(float_of(0x3F817FFF)), 0x3F81);
}

TEST(ToBf16, OverflowsToInfinityFromHalfAUnitAboveTheLargest) {
  EXPECT_EQ(to_bf16(float_of(0x7F7F7FFF)), 0x7F7F);
  EXPECT_EQ(to_bf16(float_of(0x7F7F8000)), 0x7F80);
  EXPECT_EQ(to_bf16(-std::numeric_limits<float>::max()), 0xFF80);
  EXPECT_EQ(to_bf16(-kInfinity), 0xFF80);
}

TEST(ToBf16, ANanWhosePayloadIsInTheLowerHalfStaysANan) {
  EXPECT_EQ(to_bf16(float_of(0x7F800001)), 0x7FC0);
  EXPECT_EQ(to_bf16(float_of(0xFFFFFFFF)), 0xFFFF);
}

TEST(ToBf16, EqualsTheNearestValueByDistance) {
  std::mt19937 random(7);
  for (int i = 0; i < 200'000; ++i) {
    const float value = float_of(static_cast<std::uint32_t>(random()));
    if (std::isnan(value)) continue;
    ASSERT_EQ(to_bf16(value), nearest_bf16(value)) << value;
  }
}

TEST(ToInteger, RoundsHalfToEven) {
  // ONNX's rule, with the vectors of its requantisation: 1 x 0.5, -3 x 0.5, 5 x 0.5, -10 x 0.25,
  // -6 x 0.25, 1000 x 0.0375.
  const float values[] = {0.5F, -1.5F, 2.5F, -2.5F, -1.5F, 37.5F};
  const std::int32_t rounded[] = {0, -2, 2, -2, -2, 38};
  for (std::size_t i = 0; i < std::size(values); ++i)
    EXPECT_EQ(to_integer(values[i], 0, Format::int8), rounded[i]) << values[i];
  EXPECT_EQ(to_integer(std::nextafter(0.5F, 1.0F), 0, Format::int8), 1);
  EXPECT_EQ(to_integer(std::nextafter(1.5F, 0.0F), 0, Format::int8), 1);
}

TEST(ToInteger, AddsTheZeroPointAfterRounding) {
  EXPECT_EQ(to_integer(0.5F, 3, Format::int8), 3);  // rounding 3.5 would give 4
  EXPECT_EQ(to_integer(1.5F, 3, Format::int8), 5);  // rounding 4.5 would give 4
}

TEST(ToInteger, SaturatesAtBothEndsWhateverTheZeroPoint) {
  for (const float huge : {300.0F, 1e9F, 3e38F, kInfinity}) {
    EXPECT_EQ(to_integer(huge, -128, Format::int8), 127);
    EXPECT_EQ(to_integer(huge, 0, Format::uint8), 255);
    EXPECT_EQ(to_integer(-huge, 127, Format::int8), -128);
    EXPECT_EQ(to_integer(-huge, 255, Format::uint8), 0);
  }
  EXPECT_EQ(to_integer(127.5F, 0, Format::int8), 127);
  EXPECT_EQ(to_integer(-128.5F, 0, Format::int8), -128);
  EXPECT_EQ(to_integer(255.0F, -128, Format::int8), 127);
  EXPECT_EQ(to_integer(-255.0F, 255, Format::uint8), 0);
}

// Quarters from below the least code to above the greatest, under every zero point.
TEST(ToInteger, Int4SaturatesFromMinus8To7) {
  const NumberFormat& int4 = number_format(Format::int4);
  for (std::int32_t zero = -8; zero <= 7; ++zero)
    for (float value = -20; value <= 20; value += 0.25F) {
      const double exact = std::nearbyint(static_cast<double>(value)) + zero;
      EXPECT_EQ(to_integer(value, zero, Format::int4), int4.decode(int4.encode(exact)));
    }
  EXPECT_EQ(to_integer(kInfinity, -8, Format::int4), 7);
  EXPECT_EQ(to_integer(-1e9F, 7, Format::int4), -8);
}

TEST(ToInteger, NanGivesTheCodeOfRealZero) {
  EXPECT_EQ(to_integer(std::nanf(""), 0, Format::int8), 0);
  EXPECT_EQ(to_integer(std::nanf(""), 17, Format::uint8), 17);
}

TEST(ToInteger, EqualsRoundingInDouble) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> spread(-300, 300);
  std::uniform_int_distribution<std::int32_t> zeros(-128, 127);
  for (int i = 0; i < 100'000; ++i) {
    const float value = spread(random);
    const std::int32_t zero = zeros(random);
    const double exact =
        std::clamp(std::nearbyint(static_cast<double>(value)) + zero, -128.0, 127.0);
    ASSERT_EQ(to_integer(value, zero, Format::int8), exact) << value << " zero " << zero;
  }
}

}  // namespace
}  // namespace systolith
