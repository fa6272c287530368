#include "models/graph/narrow_float.h"

#include <cmath>

#include "hw/arith/format.h"

namespace systolith {
namespace {

const NumberFormat& format_of(DataType type) {
  switch (type) {
    case DataType::float16:
      return number_format(Format::fp16);
    case DataType::bfloat16:
      return number_format(Format::bf16);
    case DataType::float8e4m3fn:
      return number_format(Format::fp8_e4m3);
    case DataType::float8e5m2:
      return number_format(Format::fp8_e5m2);
    default:
      SYSTOLITH_CHECK(false, "{} is no narrow float", to_string(type));
  }
}

// The code below the one of what is beyond the largest number.
float largest(const NumberFormat& format) {
  return static_cast<float>(format.decode(format.encode(INFINITY) - 1));
}

}  // namespace

float round_to(DataType type, float value, Beyond beyond) {
  if (type == DataType::float32 || std::isnan(value)) return value;
  const NumberFormat& format = format_of(type);
  const auto rounded = static_cast<float>(format.decode(format.encode(double{value})));
  if (beyond == Beyond::saturate && !std::isfinite(rounded))
    return std::copysign(largest(format), value);
  return rounded;
}

std::uint16_t code_of(DataType type, float value) {
  return static_cast<std::uint16_t>(format_of(type).encode(double{value}));
}

float number_of(DataType type, std::uint16_t code) {
  return static_cast<float>(format_of(type).decode(code));
}

}  // namespace systolith
