// A number that many are divided by: powers of two, as most are, cost a shift.
#pragma once

#include <cstdint>

namespace systolith {

class Divisor {
 public:
  // Requires: value > 0.
  explicit constexpr Divisor(std::uint64_t value)
      : value_(value), power_((value & (value - 1)) == 0) {
    while ((std::uint64_t{1} << shift_) < value && shift_ < 63) ++shift_;
  }

  constexpr std::uint64_t value() const { return value_; }
  constexpr std::uint64_t quotient(std::uint64_t x) const {
    return power_ ? x >> shift_ : x / value_;
  }
  constexpr std::uint64_t remainder(std::uint64_t x) const {
    return power_ ? x & (value_ - 1) : x % value_;
  }

 private:
  std::uint64_t value_;
  bool power_;
  int shift_ = 0;
};

}  // namespace systolith
