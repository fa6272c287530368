#include "models/graph/narrow_float.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace systolith {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr DataType kTypes[] = {DataType::float16, DataType::bfloat16, DataType::float8e4m3fn,
                               DataType::float8e5m2};

TEST(NarrowFloat, EveryCodeIsItsNumbersCode) {
  for (const DataType type : kTypes) {
    const int codes = 1 << bits_of(type);
    for (int code = 0; code < codes; ++code) {
      const float number = number_of(type, static_cast<std::uint16_t>(code));
      if (std::isnan(number)) continue;
      ASSERT_EQ(code_of(type, number), code) << to_string(type) << ' ' << number;
      ASSERT_EQ(round_to(type, number), number) << to_string(type);
    }
  }
}

// https://onnx.ai/onnx/technical/float8.html, and IEEE 754 for the half.
TEST(NarrowFloat, TheLargestNumbersAreThoseOfTheStandards) {
  EXPECT_EQ(number_of(DataType::float8e4m3fn, 0x7E), 448);
  EXPECT_TRUE(std::isnan(number_of(DataType::float8e4m3fn, 0x7F)));
  EXPECT_EQ(number_of(DataType::float8e5m2, 0x7B), 57344);
  EXPECT_EQ(number_of(DataType::float8e5m2, 0x7C), kInfinity);
  EXPECT_EQ(number_of(DataType::float8e4m3fn, 0x01), 0x1p-9F);
  EXPECT_EQ(number_of(DataType::float8e5m2, 0x01), 0x1p-16F);
  EXPECT_EQ(number_of(DataType::float16, 0x7BFF), 65504);
  EXPECT_EQ(number_of(DataType::bfloat16, 0x3F80), 1);
}

TEST(NarrowFloat, TiesGoToTheEvenCode) {
  EXPECT_EQ(round_to(DataType::float8e4m3fn, 17), 16);     // between 16 and 18
  EXPECT_EQ(round_to(DataType::float8e4m3fn, 19), 20);     // between 18 and 20
  EXPECT_EQ(round_to(DataType::float8e5m2, 4.5F), 4);      // between 4 and 5
  EXPECT_EQ(round_to(DataType::float16, 2049), 2048);      // between 2048 and 2050
  EXPECT_EQ(round_to(DataType::float8e5m2, 0x1p-17F), 0);  // half the smallest
}

TEST(NarrowFloat, WhatIsBeyondTheLargestSaturatesOnlyWhereAsked) {
  EXPECT_TRUE(std::isnan(round_to(DataType::float8e4m3fn, 480)));
  EXPECT_EQ(round_to(DataType::float8e4m3fn, 464), 448);  // a tie, to the even code
  EXPECT_EQ(round_to(DataType::float8e5m2, -1e9F), -kInfinity);
  EXPECT_EQ(round_to(DataType::float8e4m3fn, 480, Beyond::saturate), 448);
  EXPECT_EQ(round_to(DataType::float8e5m2, -kInfinity, Beyond::saturate), -57344);
  EXPECT_TRUE(std::isnan(
      round_to(DataType::float8e5m2, std::numeric_limits<float>::quiet_NaN(), Beyond::saturate)));
}

}  // namespace
}  // namespace systolith
