#include "hw/arith/integer_format.h"

namespace systolith {

extern const Registration<NumberFormat> int16 = {
    "int16", "16-bit two's complement integer.", []() -> const NumberFormat& {
      static const IntegerFormat<std::int16_t, Format::int16> format;
      return format;
    }};

}  // namespace systolith
