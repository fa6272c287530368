// Tree pseudo-LRU: a bit at each node of a binary tree over the ways points to the half that was
// used longer ago.
#include "hw/memory/replacement.h"

namespace systolith {
namespace {

class TreePlru final : public Replacement {
 public:
  // Requires: ways a power of two.
  TreePlru(std::size_t sets, std::size_t ways) : ways_(ways), right_(sets * ways, false) {}

  void used(std::size_t set, std::size_t way) override {
    for (std::size_t node = ways_ + way; node > 1; node /= 2)
      right_[set * ways_ + node / 2] = node % 2 == 0;
  }
  // Where all below the half it points to is held, it takes the other.
  std::size_t victim(std::size_t set, const std::vector<bool>& held) override {
    std::size_t node = 1;
    while (node < ways_) {
      const std::size_t wanted = 2 * node + (right_[set * ways_ + node] ? 1 : 0);
      node = any_free(wanted, held) ? wanted : wanted ^ 1;
    }
    return node - ways_;
  }

 private:
  bool any_free(std::size_t node, const std::vector<bool>& held) const {
    if (node >= ways_) return !held[node - ways_];
    return any_free(2 * node, held) || any_free(2 * node + 1, held);
  }

  std::size_t ways_;
  std::vector<bool> right_;  // by set and node, the root being 1
};

}  // namespace

extern const Registration<Replacement> plru = {
    "plru", "Tree pseudo-LRU; ways are a power of two.",
    [](std::size_t sets, std::size_t ways) -> std::unique_ptr<Replacement> {
      return std::make_unique<TreePlru>(sets, ways);
    }};

}  // namespace systolith
