#include "hw/arith/small_float.h"

namespace systolith {

extern const Registration<NumberFormat> fp8_e4m3 = {
    "fp8_e4m3", "OCP 8-bit float of 4 bits of precision, up to 448; NaN, no infinity.",
    []() -> const NumberFormat& {
      static const SmallFloatFormat<Fp8E4m3, Format::fp8_e4m3> format;
      return format;
    }};

}  // namespace systolith
