// Number formats of the datapath. One file per format registers its name, width and codec.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hw/base/registry.h"
#include "hw/base/units.h"

namespace systolith {

// The wire numbering used in programs; a value never changes its meaning.
enum class Format : std::uint8_t {
  int8 = 0,
  uint8 = 1,
  int32 = 2,
  bf16 = 3,
  fp32 = 4,
  int4 = 5,
  uint4 = 6,
  int16 = 7,
  fp8_e4m3 = 8,
  fp8_e5m2 = 9,
  fp16 = 10,
};

// What a format's file provides. Values travel as double, which holds every format exactly.
class NumberFormat {
 public:
  static constexpr const char* kKind = "number format";
  using Factory = const NumberFormat& (*)();  // formats are stateless: one static instance each

  virtual ~NumberFormat() = default;
  virtual Format id() const = 0;
  virtual Bits width() const = 0;
  virtual bool is_float() const = 0;
  // The nearest representable value's code, rounded once: ties to even, saturating for integers
  // (NaN -> 0), overflow to infinity for floats (NaN in fp8_e4m3, which has none). Low `width()`
  // bits are used.
  virtual std::uint64_t encode(double value) const = 0;
  virtual double decode(std::uint64_t code) const = 0;
};
template <>
const RegistrationTable<NumberFormat>& registrations<NumberFormat>();

const NumberFormat& number_format(Format format);
std::string_view to_string(Format format);
// Throws UserError naming the known formats.
Format format_from_name(std::string_view name);

// int4 and uint4 lie two to a byte, the first in the low half, as in ONNX's tensors
// (hw/arith/int4.h): an element begins at any half byte, while rows of elements (a pixel's
// channels) take whole bytes. Where single elements are addressed, addresses and strides count
// units: half bytes of these two, bytes of every other format.
constexpr std::int64_t units_per_byte(Format format) {
  return format == Format::int4 || format == Format::uint4 ? 2 : 1;
}
constexpr std::int64_t units_of(Format format) {  // of one element
  switch (format) {
    case Format::int32:
    case Format::fp32:
      return 4;
    case Format::int16:
    case Format::bf16:
    case Format::fp16:
      return 2;
    default:
      return 1;
  }
}
// Bytes of `count` elements side by side, the last one filled up.
constexpr std::int64_t packed_bytes(Format format, std::int64_t count) {
  return ceil_div(count * units_of(format), units_per_byte(format));
}
[[noreturn]] void fail_half_bytes();
// Bytes of one element. Requires: it takes whole ones (checked).
constexpr std::int64_t bytes_of(Format format) {
  if (units_per_byte(format) != 1) fail_half_bytes();
  return units_of(format);
}
constexpr bool is_float(Format format) {
  switch (format) {
    case Format::bf16:
    case Format::fp32:
    case Format::fp8_e4m3:
    case Format::fp8_e5m2:
    case Format::fp16:
      return true;
    default:
      return false;
  }
}
// What products of `format` are summed in: int32 for integers, fp32 for floats.
constexpr Format accumulator_of(Format format) {
  return is_float(format) ? Format::fp32 : Format::int32;
}

}  // namespace systolith
