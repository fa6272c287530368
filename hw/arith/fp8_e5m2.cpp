#include "hw/arith/small_float.h"

namespace systolith {

extern const Registration<NumberFormat> fp8_e5m2 = {
    "fp8_e5m2", "OCP 8-bit float of 3 bits of precision, up to 57344.",
    []() -> const NumberFormat& {
      static const SmallFloatFormat<Fp8E5m2, Format::fp8_e5m2> format;
      return format;
    }};

}  // namespace systolith
