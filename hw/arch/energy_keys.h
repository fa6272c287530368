// What an energy table prices, and what the machine counts under the same name. DRAM is not among
// them: its standard prices its commands (hw/dram/dram_power.h).
#pragma once

#include <array>
#include <string_view>

#include "hw/arith/format.h"

namespace systolith {

struct EnergyKey {
  std::string_view name;
  std::string_view unit;  // what one event is
  std::string_view description;
};

inline constexpr std::array<EnergyKey, 15> kEnergyKeys = {{
    {"mac_int8", "multiply-accumulate", "int8 product into an int32 sum"},
    {"mac_bf16", "multiply-accumulate", "bf16 product into an fp32 sum"},
    {"mac_fp32", "multiply-accumulate", "fp32 product into an fp32 sum"},
    {"mac_int8xint4", "multiply-accumulate",
     "product of int8 and an int4 weight into an int32 sum"},
    {"mac_int4", "multiply-accumulate", "int4 product into an int32 sum"},
    {"mac_int16", "multiply-accumulate", "int16 product into an int32 sum"},
    {"mac_int16xint8", "multiply-accumulate",
     "product of int16 and a narrower integer into an int32 sum"},
    {"mac_fp16", "multiply-accumulate", "fp16 product into an fp32 sum"},
    {"mac_fp8", "multiply-accumulate", "fp8 product into an fp32 sum"},
    {"vector_op", "lane operation", "one fp32 operation of one lane"},
    {"scratchpad_read", "8 bytes", "read from a core's scratchpad"},
    {"scratchpad_write", "8 bytes", "write to a core's scratchpad"},
    {"accumulator_access", "4 bytes", "read or write of an accumulator word"},
    {"level_access", "8 bytes", "read or write of a shared level"},
    {"interconnect", "8 bytes", "moved across the interconnect"},
}};

// Of a product of two formats, whichever of them is stationary. Different floats meet in the
// multiplier of the wider significand.
constexpr std::string_view mac_key(Format a, Format b) {
  const auto either = [&](Format format) { return a == format || b == format; };
  if (either(Format::fp32)) return "mac_fp32";
  if (either(Format::fp16)) return "mac_fp16";
  if (either(Format::bf16)) return "mac_bf16";
  if (is_float(a)) return "mac_fp8";
  if (either(Format::int16)) return a == b ? "mac_int16" : "mac_int16xint8";
  const int narrow = static_cast<int>(units_per_byte(a) == 2) + (units_per_byte(b) == 2);
  return narrow == 0 ? "mac_int8" : narrow == 1 ? "mac_int8xint4" : "mac_int4";
}

}  // namespace systolith
