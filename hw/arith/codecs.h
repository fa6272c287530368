// Formats as types, for loops over codes of whole bytes: one branch outside the loop.
//
// A codec has Code, the type of a stored code; for floats decode(Code), exact, and encode(float),
// rounded to nearest even.
#pragma once

#include "hw/arith/rounding.h"
#include "hw/arith/small_float.h"

namespace systolith {

struct Fp32Codec {
  using Code = float;
  static float decode(Code code) { return code; }
  static Code encode(float value) { return value; }
};
struct Bf16Codec {
  using Code = std::uint16_t;
  static float decode(Code code) { return from_bf16(code); }
  static Code encode(float value) { return to_bf16(value); }
};

// Calls visit(codec). Requires: is_float(format).
template <class Visit>
auto with_float_codec(Format format, const Visit& visit) {
  switch (format) {
    case Format::bf16:
      return visit(Bf16Codec{});
    case Format::fp16:
      return visit(Fp16{});
    case Format::fp8_e4m3:
      return visit(Fp8E4m3{});
    case Format::fp8_e5m2:
      return visit(Fp8E5m2{});
    default:
      return visit(Fp32Codec{});
  }
}

// Calls visit(a code's type) of an integer format; of half a byte, what it is widened to.
template <class Visit>
auto with_integer_code(Format format, const Visit& visit) {
  switch (format) {
    case Format::uint4:
    case Format::uint8:
      return visit(std::uint8_t{});
    case Format::int16:
      return visit(std::int16_t{});
    case Format::int32:
      return visit(std::int32_t{});
    default:
      return visit(std::int8_t{});
  }
}

}  // namespace systolith
