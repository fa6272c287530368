#include "hw/arith/requantize.h"

#include <cmath>
#include <limits>

#include "hw/arith/overflow.h"

namespace systolith {
namespace {

__extension__ typedef __int128 Wide;  // a 32-bit times a 53-bit integer

// sum << shift, saturated. Requires: 0 <= shift < 32.
std::int32_t shifted_left(std::int32_t sum, int shift) {
  return saturated(std::int64_t{sum} * (std::int64_t{1} << shift));
}

// a * b / 2^31 to nearest, half up.
std::int32_t doubling_high_product(std::int32_t a, std::int32_t b) {
  const std::int64_t product = std::int64_t{a} * b;
  const std::int64_t half = std::int64_t{1} << 30;
  const std::int64_t nudged = product + (product >= 0 ? half : 1 - half);
  return saturated(nudged / (std::int64_t{1} << 31));  // towards zero
}

// value / 2^exponent to nearest, half away from zero. Requires: 0 <= exponent <= 31.
std::int32_t divided_by_power(std::int32_t value, int exponent) {
  const std::int64_t mask = (std::int64_t{1} << exponent) - 1;
  const std::int64_t remainder = value & mask;
  const std::int64_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return static_cast<std::int32_t>((std::int64_t{value} >> exponent) +
                                   (remainder > threshold ? 1 : 0));
}

}  // namespace

FixedMultiplier fixed_multiplier(double multiplier) {
  if (!std::isfinite(multiplier)) return {};
  int shift = 0;
  const double fraction = std::frexp(multiplier, &shift);  // 0, or its magnitude in [1/2, 1)
  std::int64_t mantissa = std::llround(std::ldexp(fraction, 31));
  constexpr std::int64_t kWhole = std::int64_t{1} << 31;
  if (mantissa == kWhole || mantissa == -kWhole) {
    mantissa /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  if (shift > 30) return {mantissa < 0 ? -saturated(kWhole) : saturated(kWhole), 30};
  return {static_cast<std::int32_t>(mantissa), shift};
}

std::int32_t scale_fixed(std::int32_t sum, const FixedMultiplier& multiplier, Rounding rounding) {
  const auto [mantissa, shift] = multiplier;
  if (rounding == Rounding::single_rounding) {
    const int total = 31 - shift;
    const std::int64_t half = std::int64_t{1} << (total - 1);
    return saturated((std::int64_t{sum} * mantissa + half) >> total);
  }
  const std::int32_t left = shifted_left(sum, std::max(shift, 0));
  return divided_by_power(doubling_high_product(left, mantissa), std::max(-shift, 0));
}

std::int32_t scale_exactly(std::int32_t sum, double multiplier) {
  int exponent = 0;
  const double fraction = std::frexp(multiplier, &exponent);
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  const Wide product = Wide{sum} * mantissa;  // 0, or its magnitude in [2^52, 2^84]
  const int right = 53 - exponent;
  if (product == 0 || right > 85) return 0;  // under a half
  constexpr Wide kBeyond = Wide{1} << 32;
  if (right <= 0) return saturated(static_cast<std::int64_t>(product < 0 ? -kBeyond : kBeyond));
  const Wide floor = product >> right, rest = product - floor * (Wide{1} << right);
  const Wide half = Wide{1} << (right - 1);
  const bool up = rest > half || (rest == half && floor % 2 != 0);
  return saturated(static_cast<std::int64_t>(std::clamp<Wide>(floor + up, -kBeyond, kBeyond)));
}

CodeClamp code_clamp(Format format, std::int32_t zero, float low, float high) {
  return {zero, {to_integer(low, zero, format), to_integer(high, zero, format)}};
}

std::int32_t requantize(std::int32_t sum, double multiplier, const CodeClamp& clamp,
                        Rounding rounding) {
  return clamp(rounding == Rounding::half_even
                   ? scale_exactly(sum, multiplier)
                   : scale_fixed(sum, fixed_multiplier(multiplier), rounding));
}

}  // namespace systolith
