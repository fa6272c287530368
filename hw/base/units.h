// Strong units. A Cycles never becomes a Bytes by accident, and cycles of one clock become
// another's only through ClockDomain (hw/base/clock.h).
#pragma once

#include <cstdint>
#include <type_traits>

namespace systolith {

// A signed 64-bit count of one unit. Same-unit sums, integer scaling, and the dimensionless
// ratio of two quantities are defined; everything else does not compile.
template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(std::int64_t count) : count_(count) {}

  constexpr std::int64_t count() const { return count_; }

  constexpr Quantity& operator+=(Quantity other) { return count_ += other.count_, *this; }
  constexpr Quantity& operator-=(Quantity other) { return count_ -= other.count_, *this; }
  constexpr Quantity& operator*=(std::int64_t k) { return count_ *= k, *this; }

  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, std::int64_t k) { return a *= k; }
  friend constexpr Quantity operator*(std::int64_t k, Quantity a) { return a *= k; }
  friend constexpr Quantity operator/(Quantity a, std::int64_t k) { return Quantity(a.count_ / k); }
  friend constexpr std::int64_t operator/(Quantity a, Quantity b) { return a.count_ / b.count_; }

  friend constexpr bool operator==(Quantity a, Quantity b) { return a.count_ == b.count_; }
  friend constexpr bool operator!=(Quantity a, Quantity b) { return a.count_ != b.count_; }
  friend constexpr bool operator<(Quantity a, Quantity b) { return a.count_ < b.count_; }
  friend constexpr bool operator<=(Quantity a, Quantity b) { return a.count_ <= b.count_; }
  friend constexpr bool operator>(Quantity a, Quantity b) { return a.count_ > b.count_; }
  friend constexpr bool operator>=(Quantity a, Quantity b) { return a.count_ >= b.count_; }

 private:
  std::int64_t count_ = 0;
};

using Cycles = Quantity<struct CyclesTag>;
using Bytes = Quantity<struct BytesTag>;
using Bits = Quantity<struct BitsTag>;
using Femtoseconds = Quantity<struct FemtosecondsTag>;
using Hertz = Quantity<struct HertzTag>;

constexpr Bytes kibibytes(std::int64_t n) { return Bytes(n * 1024); }
constexpr Bytes mebibytes(std::int64_t n) { return Bytes(n * 1024 * 1024); }

// Bytes that hold `bits`, the last one possibly partly used.
constexpr Bytes bytes_for(Bits bits) { return Bytes((bits.count() + 7) / 8); }

// ceil(a / b) for a >= 0, b > 0.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
constexpr std::int64_t round_up(std::int64_t a, std::int64_t multiple) {
  return ceil_div(a, multiple) * multiple;
}

}  // namespace systolith
