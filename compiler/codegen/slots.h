// Copies of one kind of tile buffer.
#pragma once

#include <cstdint>

namespace systolith {

// `slots` buffers, the next one taken whenever the content changes.
class Slots {
 public:
  Slots(std::uint64_t base, std::int64_t bytes, int slots)
      : base_(base), bytes_(bytes), slots_(slots) {}
  std::uint64_t next() {
    at_ = (at_ + 1) % slots_;
    return current();
  }
  std::uint64_t current() const { return base_ + static_cast<std::uint64_t>(at_ * bytes_); }
  std::uint64_t end() const { return base_ + static_cast<std::uint64_t>(slots_ * bytes_); }

 private:
  std::uint64_t base_;
  std::int64_t bytes_;
  int slots_, at_ = 0;
};

}  // namespace systolith
