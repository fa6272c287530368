// Space for buffers whose lifetimes are known: two may share addresses where they are never alive
// together.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

class LifetimeAllocator {
 public:
  static constexpr std::int64_t kAlign = 64;
  LifetimeAllocator(std::int64_t begin, std::int64_t capacity)
      : begin_(begin), capacity_(capacity) {}

  // The lowest address with room from step `first` to `last`, both included; nothing where none.
  std::optional<std::int64_t> allocate(std::int64_t bytes, std::int64_t first, std::int64_t last);
  // One past the highest byte ever used.
  std::int64_t high_water() const { return high_water_; }

 private:
  struct Block {
    std::int64_t begin, end, first, last;
  };
  std::int64_t begin_, capacity_;
  std::int64_t high_water_ = 0;
  std::vector<Block> blocks_;  // by address
};

}  // namespace systolith
