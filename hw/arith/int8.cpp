#include "hw/arith/integer_format.h"

namespace systolith {

extern const Registration<NumberFormat> int8 = {
    "int8", "8-bit two's complement integer.", []() -> const NumberFormat& {
      static const IntegerFormat<std::int8_t, Format::int8> format;
      return format;
    }};

}  // namespace systolith
