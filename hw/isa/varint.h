// Variable-length integers: seven bits a byte, least significant first; signed ones zigzag.
#pragma once

#include <cstdint>
#include <string>

#include "hw/base/error.h"

namespace systolith {

constexpr std::uint64_t zigzag(std::uint64_t word) {
  return (word << 1) ^ (word >> 63 ? ~std::uint64_t{0} : 0);
}
constexpr std::uint64_t unzigzag(std::uint64_t code) {
  return (code >> 1) ^ (code & 1 ? ~std::uint64_t{0} : 0);
}

inline void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

// Reads varints and bytes from a buffer that must outlive it. Throws UserError, without a place,
// where the buffer ends too early or a number has more than 64 bits.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size() - at_; }
  std::size_t position() const { return at_; }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(bytes(1).front());
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    throw UserError("a number has more than 64 bits");
  }

  std::string_view bytes(std::uint64_t count) {
    if (count > left()) throw UserError("a field reaches beyond the end of its section");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace systolith
