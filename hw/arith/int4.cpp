#include "hw/arith/integer_format.h"

namespace systolith {

extern const Registration<NumberFormat> int4 = {
    "int4", "4-bit two's complement integer, two to a byte.", []() -> const NumberFormat& {
      static const IntegerFormat<std::int8_t, Format::int4, 4> format;
      return format;
    }};

}  // namespace systolith
