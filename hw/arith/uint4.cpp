#include "hw/arith/integer_format.h"

namespace systolith {

extern const Registration<NumberFormat> uint4 = {
    "uint4", "4-bit unsigned integer, two to a byte.", []() -> const NumberFormat& {
      static const IntegerFormat<std::uint8_t, Format::uint4, 4> format;
      return format;
    }};

}  // namespace systolith
