#include "hw/arith/small_float.h"

namespace systolith {

extern const Registration<NumberFormat> fp16 = {
    "fp16", "IEEE binary16: 11 bits of precision, up to 65504.", []() -> const NumberFormat& {
      static const SmallFloatFormat<Fp16, Format::fp16> format;
      return format;
    }};

}  // namespace systolith
