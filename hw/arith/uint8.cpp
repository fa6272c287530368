#include "hw/arith/integer_format.h"

namespace systolith {

extern const Registration<NumberFormat> uint8 = {
    "uint8", "8-bit unsigned integer.", []() -> const NumberFormat& {
      static const IntegerFormat<std::uint8_t, Format::uint8> format;
      return format;
    }};

}  // namespace systolith
