// An int32 sum times a real multiplier, as a code: what follows an integer product.
//
//   half_even        the exact product with the binary64 multiplier, rounded half to even (ONNX)
//   double_rounding  a Q31 multiplier and a shift: the product's high half rounded half up, that
//                    divided by the power of two and rounded half away from zero
//   single_rounding  the same multiplier and shift, rounded once, half up
//
// The last two are TensorFlow Lite's MultiplyByQuantizedMultiplier, without and with
// TFLITE_SINGLE_ROUNDING (tensorflow/lite/kernels/internal/common.h), the former on gemmlowp's
// SaturatingRoundingDoublingHighMul and RoundingDivideByPOT (fixedpoint/fixedpoint.h); where those
// would overflow, these saturate.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "hw/arith/rounding.h"

namespace systolith {

// The wire numbering used in programs; a value never changes its meaning.
enum class Rounding : std::uint8_t { half_even = 0, double_rounding = 1, single_rounding = 2 };
inline constexpr std::array<std::string_view, 3> kRoundingNames = {"half_even", "double_rounding",
                                                                   "single_rounding"};  // by value

// multiplier = mantissa * 2^(shift - 31). Mantissa: 0, or its magnitude in [2^30, 2^31).
struct FixedMultiplier {
  std::int32_t mantissa = 0;
  int shift = 0;
};
// Nearest, half away from zero: exact for a binary32 value. 0 below 2^-32, the largest above 2^30
// (shift in [-31, 30]), 0 of what is no finite number.
FixedMultiplier fixed_multiplier(double multiplier);

// The product, rounded; saturated to int32. Requires: rounding is not half_even.
std::int32_t scale_fixed(std::int32_t sum, const FixedMultiplier& multiplier, Rounding rounding);
// The exact product, rounded half to even; saturated to int32. Requires: multiplier is finite.
std::int32_t scale_exactly(std::int32_t sum, double multiplier);

// The zero point and the range that codes are clamped to behind it.
struct CodeClamp {
  std::int32_t zero = 0;
  CodeRange range{-128, 127};

  std::int32_t operator()(std::int32_t scaled) const {
    const std::int64_t code = std::int64_t{scaled} + zero;
    return static_cast<std::int32_t>(
        std::min<std::int64_t>(std::max<std::int64_t>(code, range.low), range.high));
  }
};
// The codes of `format` with real 0 at `zero`, between low and high (in units of a code, before
// zero is added), which are rounded half to even.
CodeClamp code_clamp(Format format, std::int32_t zero, float low, float high);

// Requires: multiplier is finite.
std::int32_t requantize(std::int32_t sum, double multiplier, const CodeClamp& clamp,
                        Rounding rounding);

}  // namespace systolith
