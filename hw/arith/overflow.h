// What an int32 sum does beyond its range.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace systolith {

enum class Overflow : std::uint8_t { wrap, saturate };
// By value.
inline constexpr std::array<std::string_view, 2> kOverflowNames = {"wrap", "saturate"};

constexpr std::int32_t saturated(std::int64_t value) {
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, Limits::min(), Limits::max()));
}

constexpr std::int32_t wrapped(std::uint32_t value) { return static_cast<std::int32_t>(value); }

constexpr std::int32_t add(std::int32_t a, std::int32_t b, Overflow overflow) {
  return overflow == Overflow::saturate
             ? saturated(std::int64_t{a} + b)
             : wrapped(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

}  // namespace systolith
