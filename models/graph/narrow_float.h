// Floats narrower than float32, as the numbers that they hold.
#pragma once

#include <cstdint>

#include "models/graph/graph.h"

namespace systolith {

// What becomes of a number beyond the type's largest.
enum class Beyond : std::uint8_t {
  natural,   // infinity, or NaN where the type has none
  saturate,  // the largest number, infinities too
};

// The nearest number of a floating type, ties to even. NaN stays NaN.
float round_to(DataType type, float value, Beyond beyond = Beyond::natural);

// The code in the type's low bits; NaN is the one of ONNX's own conversions (all ones below the
// sign in float8e4m3fn, else a quiet one). Requires: a type of at most 16 bits that holds the
// number.
std::uint16_t code_of(DataType type, float value);
float number_of(DataType type, std::uint16_t code);

}  // namespace systolith
