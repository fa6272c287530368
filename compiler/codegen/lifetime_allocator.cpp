#include "compiler/codegen/lifetime_allocator.h"

#include <algorithm>

namespace systolith {

std::optional<std::int64_t> LifetimeAllocator::allocate(std::int64_t bytes, std::int64_t first,
                                                        std::int64_t last) {
  const std::int64_t size = round_up(bytes, kAlign);
  std::int64_t at = begin_;
  for (const Block& block : blocks_) {
    if (block.last < first || last < block.first || block.end <= at) continue;
    if (block.begin >= at + size) break;
    at = block.end;
  }
  if (at + size > begin_ + capacity_) return std::nullopt;
  const Block mine{at, at + size, first, last};
  const auto by_address = [](const Block& a, const Block& b) { return a.begin < b.begin; };
  blocks_.insert(std::upper_bound(blocks_.begin(), blocks_.end(), mine, by_address), mine);
  high_water_ = std::max(high_water_, at + size);
  return at;
}

}  // namespace systolith
