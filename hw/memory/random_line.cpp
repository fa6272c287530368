// A 64-bit xorshift* sequence (Vigna, "An experimental exploration of Marsaglia's xorshift
// generators, scrambled", 2016), the same in every run.
#include "hw/memory/replacement.h"

namespace systolith {
namespace {

class Random final : public Replacement {
 public:
  explicit Random(std::size_t ways) : ways_(ways) {}

  void used(std::size_t, std::size_t) override {}
  std::size_t victim(std::size_t, const std::vector<bool>& held) override {
    std::size_t way = next() % ways_;
    while (held[way]) way = (way + 1) % ways_;
    return way;
  }

 private:
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return (state_ * 0x2545F4914F6CDD1DU) >> 32;
  }

  std::size_t ways_;
  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

}  // namespace

extern const Registration<Replacement> random_line = {
    "random", "Any line, by a fixed sequence of random numbers.",
    [](std::size_t, std::size_t ways) -> std::unique_ptr<Replacement> {
      return std::make_unique<Random>(ways);
    }};

}  // namespace systolith
