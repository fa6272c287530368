#include "hw/memory/replacement.h"

namespace systolith {
namespace {

class Lru final : public Replacement {
 public:
  Lru(std::size_t sets, std::size_t ways) : ways_(ways), last_use_(sets * ways, 0) {}

  void used(std::size_t set, std::size_t way) override { last_use_[set * ways_ + way] = ++clock_; }
  std::size_t victim(std::size_t set, const std::vector<bool>& held) override {
    std::size_t oldest = ways_;
    for (std::size_t way = 0; way < ways_; ++way)
      if (!held[way] &&
          (oldest == ways_ || last_use_[set * ways_ + way] < last_use_[set * ways_ + oldest]))
        oldest = way;
    return oldest;
  }

 private:
  std::size_t ways_;
  std::uint64_t clock_ = 0;
  std::vector<std::uint64_t> last_use_;
};

}  // namespace

extern const Registration<Replacement> lru = {
    "lru", "The line whose last use is the longest ago.",
    [](std::size_t sets, std::size_t ways) -> std::unique_ptr<Replacement> {
      return std::make_unique<Lru>(sets, ways);
    }};

}  // namespace systolith
