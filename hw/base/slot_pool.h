// Things under way by a number that travels in their place; numbers are used again.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace systolith {

template <class Item>
class SlotPool {
 public:
  std::size_t add(Item item) {
    if (free_.empty()) {
      free_.push_back(items_.size());
      items_.emplace_back();
    }
    const std::size_t slot = free_.back();
    free_.pop_back();
    items_[slot] = std::move(item);
    return slot;
  }
  // Its number is free again.
  Item take(std::size_t slot) {
    free_.push_back(slot);
    return std::move(items_[slot]);
  }
  Item& operator[](std::size_t slot) { return items_[slot]; }
  const Item& operator[](std::size_t slot) const { return items_[slot]; }

 private:
  std::vector<Item> items_;
  std::vector<std::size_t> free_;
};

}  // namespace systolith
