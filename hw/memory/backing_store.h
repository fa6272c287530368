// Sparse contents of a large memory: pages appear when written; what was never written reads as 0.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace systolith {

class BackingStore {
 public:
  void read(std::uint64_t address, std::uint8_t* to, std::size_t bytes) const;
  void write(std::uint64_t address, const std::uint8_t* from, std::size_t bytes);

 private:
  static constexpr std::size_t kPage = 65536;
  using Page = std::array<std::uint8_t, kPage>;
  std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;  // looked up, never iterated
};

}  // namespace systolith
