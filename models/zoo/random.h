// Seeded numbers for weights: cheap, and the same on every platform and compiler.
#pragma once

#include <cstdint>
#include <string_view>

namespace systolith {

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
class Random {
 public:
  // One stream per tensor, so that a tensor's values depend on no other.
  Random(std::uint64_t seed, std::string_view tensor) : state_(seed) {
    for (const char c : tensor) state_ = next() ^ static_cast<unsigned char>(c);
  }

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  // In 0..1, without 1.
  float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24F; }

  // Close to normal, of mean 0 and the given deviation: the sum of four uniform 16-bit numbers
  // (Irwin-Hall; never beyond 3.47 deviations). 37837.23 = 65536 / sqrt(3) is the sum's deviation.
  float normal(float deviation) {
    const std::uint64_t bits = next();
    const auto sum = static_cast<std::int32_t>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) +
                                               (bits >> 32 & 0xFFFF) + (bits >> 48));
    return static_cast<float>(sum - 131070) * (deviation / 37837.23F);
  }

 private:
  std::uint64_t state_;
};

}  // namespace systolith
