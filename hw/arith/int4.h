// int4 and uint4 codes in memory: two to a byte, the one with the even index in the low half.
#pragma once

#include <cstdint>

#include "hw/arith/format.h"

namespace systolith {

inline std::int8_t int4_at(const std::uint8_t* packed, std::int64_t index) {
  const int half = packed[index / 2] >> (index % 2 * 4) & 0xF;
  return static_cast<std::int8_t>((half ^ 8) - 8);
}

// `count` codes from an index on, as int8.
inline void widen_int4(const std::uint8_t* packed, std::int64_t index, std::int64_t count,
                       std::uint8_t* to) {
  if (index % 2 != 0 && count > 0) {
    *to++ = static_cast<std::uint8_t>(int4_at(packed, index++));
    --count;
  }
  const std::uint8_t* from = packed + index / 2;
  for (std::int64_t i = 0; i < count / 2; ++i) {
    to[2 * i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(from[i] << 4) >> 4);
    to[2 * i + 1] = static_cast<std::uint8_t>(static_cast<std::int8_t>(from[i]) >> 4);
  }
  if (count % 2 != 0) to[count - 1] = static_cast<std::uint8_t>(int4_at(from, count - 1));
}

inline std::uint8_t uint4_at(const std::uint8_t* packed, std::int64_t index) {
  return packed[index / 2] >> (index % 2 * 4) & 0xF;
}

inline void widen_uint4(const std::uint8_t* packed, std::int64_t index, std::int64_t count,
                        std::uint8_t* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = uint4_at(packed, index + i);
}

// The same by format, int4 or uint4; widened to int8 or uint8.
inline std::int32_t half_byte_at(const std::uint8_t* packed, std::int64_t index, Format format) {
  return format == Format::int4 ? int4_at(packed, index) : uint4_at(packed, index);
}
inline void widen_half_bytes(const std::uint8_t* packed, std::int64_t index, std::int64_t count,
                             Format format, std::uint8_t* to) {
  if (format == Format::int4)
    widen_int4(packed, index, count, to);
  else
    widen_uint4(packed, index, count, to);
}

// Of either. Leaves the byte's other half as it is.
inline void set_int4(std::uint8_t* packed, std::int64_t index, std::int32_t code) {
  const auto shift = index % 2 * 4;
  std::uint8_t& byte = packed[index / 2];
  byte = static_cast<std::uint8_t>((byte & ~(0xF << shift)) | (code & 0xF) << shift);
}

}  // namespace systolith
