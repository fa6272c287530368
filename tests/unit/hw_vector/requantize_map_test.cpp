// Maps of int32 sums into integer formats in the roundings that are done in integers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "hw/arith/overflow.h"
#include "hw/vector/vector_access.h"
#include "hw/vector/vector_math.h"

namespace systolith {
namespace {

constexpr std::int64_t kPixels = 40, kChannels = 5;
constexpr std::uint64_t kBias = 0, kScale = 64, kResult = 128;

struct Memory {
  std::vector<std::uint8_t> scratchpad = std::vector<std::uint8_t>(2048);
  std::vector<std::uint32_t> sums;
  std::vector<std::int32_t> bias;
  std::vector<float> scale;

  Memory() {
    std::mt19937 random(9);
    std::uniform_int_distribution<std::int32_t> any(-100000, 100000);
    for (std::int64_t i = 0; i < kPixels * kChannels; ++i)
      sums.push_back(static_cast<std::uint32_t>(any(random)));
    sums[0] = 0x7FFFFFFF;
    sums[1] = 0x80000000;
    for (std::int64_t c = 0; c < kChannels; ++c) {
      bias.push_back(any(random));
      scale.push_back(std::ldexp(static_cast<float>(1 + c % 3), -10));  // ties are frequent
    }
    std::memcpy(scratchpad.data() + kBias, bias.data(), bias.size() * 4);
    std::memcpy(scratchpad.data() + kScale, scale.data(), scale.size() * 4);
  }
};

VectorOp map_into(Format format, std::int32_t zero, Rounding rounding) {
  const auto unit = units_of(format);
  VectorOp op;
  op.shape = {1, 1, kPixels, kChannels};
  op.a = {Space::accumulator, 0, Format::int32, {0, 0, 1, 0}};
  op.destination = {Space::scratchpad,
                    kResult * static_cast<std::uint64_t>(units_per_byte(format)),
                    format,
                    {0, 0, 6 * unit, unit}};
  op.zero_out = zero;
  op.rounding = rounding;
  return op;
}

class RequantizeMap : public testing::TestWithParam<Rounding> {};
INSTANTIATE_TEST_SUITE_P(Roundings, RequantizeMap,
                         testing::Values(Rounding::double_rounding, Rounding::single_rounding));

TEST_P(RequantizeMap, EqualsScaleAndClampOfEveryBiasedSum) {
  for (const Format format : {Format::int8, Format::uint8, Format::int16, Format::int4})
    for (const bool per_channel : {false, true})
      for (const bool clamps : {false, true}) {
        Memory memory;
        VectorOp op = map_into(format, 3, GetParam());
        op.bias_address = kBias;
        if (per_channel) op.scale_address = kScale;
        op.scale_a = 0x3p-11F;
        if (clamps) op.activation = Activation::clamp;
        op.low = 0;
        op.high = 2.5F;
        run_vector(op, {memory.scratchpad.data(), memory.sums.data(), kChannels});
        auto [low, high] = code_range(format);
        if (clamps) low = 3, high = 5;  // 0 and 2.5, half to even, behind the zero point
        for (std::int64_t i = 0; i < kPixels * kChannels; ++i) {
          const std::int64_t c = i % kChannels, at = i / kChannels * 6 + c;
          const float scale = per_channel ? memory.scale[static_cast<std::size_t>(c)] : op.scale_a;
          const std::int32_t sum = add(wrapped(memory.sums[static_cast<std::size_t>(i)]),
                                       memory.bias[static_cast<std::size_t>(c)], Overflow::wrap);
          const std::int64_t code =
              std::int64_t{scale_fixed(sum, fixed_multiplier(double{scale}), GetParam())} + 3;
          const std::uint8_t* result = memory.scratchpad.data() + kResult;
          std::int16_t stored = 0;
          std::memcpy(&stored, result + at * (format == Format::int16 ? 2 : 1), 2);
          std::int32_t got = stored;
          if (format == Format::int8) got = static_cast<std::int8_t>(stored);
          if (format == Format::uint8) got = static_cast<std::uint8_t>(stored);
          if (format == Format::int4) got = (((result[at / 2] >> at % 2 * 4) & 0xF) ^ 8) - 8;
          ASSERT_EQ(got, std::clamp<std::int64_t>(code, low, high)) << to_string(format) << i;
        }
      }
}

}  // namespace
}  // namespace systolith
