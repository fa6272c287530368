#include "models/graph/narrow_float.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace systolith {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Sign, exponent, fraction: value (1 + fraction / 2^fraction_bits) * 2^(exponent - bias).
struct Fields {
  int exponent_bits, fraction_bits, bias;
  // The largest exponent holds infinity and NaN, as IEEE 754 has it; else numbers too, and of its
  // codes only the last is NaN (https://onnx.ai/onnx/technical/float8.html).
  bool has_infinity;

  int largest_exponent() const { return (1 << exponent_bits) - 1; }
  int fractions() const { return 1 << fraction_bits; }
  std::uint32_t sign_bit() const { return 1U << (exponent_bits + fraction_bits); }
  std::uint32_t nan() const {
    if (!has_infinity) return sign_bit() - 1;
    const auto infinity = static_cast<std::uint32_t>(largest_exponent()) << fraction_bits;
    return infinity | 1U << (fraction_bits - 1);
  }
  float largest() const {
    const int exponent = largest_exponent() - (has_infinity ? 1 : 0);
    const int fraction = fractions() - (has_infinity ? 1 : 2);
    return std::ldexp(static_cast<float>(fractions() + fraction), exponent - bias - fraction_bits);
  }
};

Fields fields_of(DataType type) {
  switch (type) {
    case DataType::float16:
      return {5, 10, 15, true};
    case DataType::bfloat16:
      return {8, 7, 127, true};
    case DataType::float8e4m3fn:
      return {4, 3, 7, false};
    case DataType::float8e5m2:
      return {5, 2, 15, true};
    default:
      SYSTOLITH_CHECK(false, "{} is no narrow float", to_string(type));
  }
}

// The exponent of a number's last place.
int last_place(const Fields& fields, float value) {
  int exponent = 0;
  std::frexp(value, &exponent);  // value = [0.5, 1) * 2^exponent
  return std::max(exponent - 1, 1 - fields.bias) - fields.fraction_bits;
}

}  // namespace

float round_to(DataType type, float value, Overflow overflow) {
  if (type == DataType::float32 || std::isnan(value)) return value;
  const Fields fields = fields_of(type);
  float rounded = value;
  if (std::isfinite(value) && value != 0) {
    const int place = last_place(fields, value);
    // In double: the quotient of a bfloat16's last place may lie beyond float32.
    rounded =
        static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(double{value}, -place)), place));
  }
  if (std::fabs(rounded) <= fields.largest()) return rounded;
  if (overflow == Overflow::saturate) return std::copysign(fields.largest(), value);
  return fields.has_infinity ? std::copysign(kInfinity, value)
                             : std::numeric_limits<float>::quiet_NaN();
}

std::uint16_t code_of(DataType type, float value) {
  const Fields fields = fields_of(type);
  const std::uint32_t sign = std::signbit(value) ? fields.sign_bit() : 0;
  std::uint32_t code = 0;
  if (std::isnan(value)) {
    code = fields.nan();
  } else if (std::isinf(value)) {
    code = static_cast<std::uint32_t>(fields.largest_exponent()) << fields.fraction_bits;
  } else if (value != 0) {
    const int place = last_place(fields, value);
    const auto steps = static_cast<std::uint32_t>(std::ldexp(std::fabs(double{value}), -place));
    // A normal number's leading bit adds one to the exponent below.
    const int exponent = place + fields.fraction_bits + fields.bias - 1;
    code = (static_cast<std::uint32_t>(exponent) << fields.fraction_bits) + steps;
  }
  return static_cast<std::uint16_t>(sign | code);
}

float number_of(DataType type, std::uint16_t code) {
  const Fields fields = fields_of(type);
  const std::uint32_t magnitude = code & (fields.sign_bit() - 1);
  const float sign = (code & fields.sign_bit()) != 0 ? -1.0F : 1.0F;
  const int exponent = static_cast<int>(magnitude >> fields.fraction_bits);
  const auto fraction = static_cast<int>(magnitude) & (fields.fractions() - 1);
  const bool special = exponent == fields.largest_exponent() &&
                       (fields.has_infinity || fraction == fields.fractions() - 1);
  if (special)
    return sign * (fields.has_infinity && fraction == 0 ? kInfinity
                                                        : std::numeric_limits<float>::quiet_NaN());
  const int leading = exponent == 0 ? 0 : fields.fractions();
  const int place = std::max(exponent, 1) - fields.bias - fields.fraction_bits;
  return sign * std::ldexp(static_cast<float>(leading + fraction), place);
}

}  // namespace systolith
