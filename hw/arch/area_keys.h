// What an energy table measures of its technology, to estimate a machine's area
// (sim/report/area.h).
#pragma once

#include <array>
#include <string_view>

#include "hw/arith/format.h"

namespace systolith {

struct AreaKey {
  std::string_view name;
  std::string_view description;
};

inline constexpr std::array<AreaKey, 8> kAreaKeys = {{
    {"mac_int8", "an 8 x 8 bit multiplier and a 32-bit adder, of every integer format"},
    {"mac_fp8", "an fp8 multiplier and an fp32 adder"},
    {"mac_fp16", "an fp16 multiplier and an fp32 adder"},
    {"mac_bf16", "a bf16 multiplier and an fp32 adder"},
    {"mac_fp32", "an fp32 multiplier and an fp32 adder"},
    {"vector_lane", "an fp32 multiplier and an fp32 adder of the vector unit"},
    {"register_bit", "a flip-flop of a PE"},
    {"sram_bit", "a bit of a scratchpad, accumulator or level, with its share of the macro"},
}};

// Of a PE's products of a native format with itself. Wider integers take the multiplier several
// passes, narrower ones share it.
constexpr std::string_view area_key(Format format) {
  if (!is_float(format)) return "mac_int8";
  if (format == Format::fp32) return "mac_fp32";
  if (format == Format::fp16) return "mac_fp16";
  return format == Format::bf16 ? "mac_bf16" : "mac_fp8";
}

}  // namespace systolith
