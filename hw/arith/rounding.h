// Rounding from fp32 into storage formats, inline: the innermost loops of vector unit and
// interpreter call these once per element. They rely on the default IEEE rounding direction.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "hw/arith/format.h"

namespace systolith {

// Nearest integer, ties to even. Requires: |value| <= 2^22.
inline float round_half_even(float value) {
  // Adding 1.5 * 2^23 leaves no fraction bits: the hardware's own rounding does the work.
  constexpr float kNoFraction = 12582912.0F;
  return (value + kNoFraction) - kNoFraction;
}

// The codes of an integer format of at most 16 bits.
struct CodeRange {
  std::int32_t low, high;
};
constexpr CodeRange code_range(Format format) {
  switch (format) {
    case Format::int4:
      return {-8, 7};
    case Format::uint4:
      return {0, 15};
    case Format::int8:
      return {-128, 127};
    case Format::int16:
      return {-32768, 32767};
    default:
      return {0, 255};
  }
}

// saturate(round_half_even(value) + zero); NaN gives `zero`, the code of real 0.
// Requires: format is an integer's of at most 16 bits; zero lies in its range.
inline std::int32_t to_integer(float value, std::int32_t zero, Format format) {
  constexpr float kBeyond = 131072;  // any code - zero
  const auto [low, high] = code_range(format);
  const float number = value == value ? value : 0.0F;
  const float bounded = std::min(std::max(number, -kBeyond), kBeyond);
  return std::clamp(static_cast<std::int32_t>(round_half_even(bounded)) + zero, low, high);
}

// fp32 to bf16 code: ties to even, overflow to infinity, NaN stays a (quiet) NaN of its sign.
inline std::uint16_t to_bf16(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  if (value != value) return static_cast<std::uint16_t>(bits >> 16 | 0x0040U);
  const std::uint32_t odd = bits >> 16 & 1U;
  return static_cast<std::uint16_t>((bits + 0x7FFFU + odd) >> 16);
}

inline float from_bf16(std::uint16_t code) {
  const std::uint32_t bits = static_cast<std::uint32_t>(code) << 16;
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace systolith
