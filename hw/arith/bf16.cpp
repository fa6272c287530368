#include "hw/arith/small_float.h"

namespace systolith {

extern const Registration<NumberFormat> bf16 = {
    "bf16", "bfloat16: binary32's range with 8 bits of precision.", []() -> const NumberFormat& {
      static const SmallFloatFormat<Bf16, Format::bf16> format;
      return format;
    }};

}  // namespace systolith
