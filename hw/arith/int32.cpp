#include "hw/arith/integer_format.h"

namespace systolith {

extern const Registration<NumberFormat> int32 = {
    "int32", "32-bit two's complement integer; sums of int8 products.",
    []() -> const NumberFormat& {
      static const IntegerFormat<std::int32_t, Format::int32> format;
      return format;
    }};

}  // namespace systolith
