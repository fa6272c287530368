// The layout of a binary program.
//
//   preamble  magic (8), version (4), CRC of these (4)
//   sections  frame (32), payload: header, data, commands in any order of cores, end
//
// A frame is: kind (1), 0 (1), core (2), count (4), first (8), raw size (4), stored size (4), CRC
// of the payload as stored (4), CRC of the frame so far (4). Integers are little-endian; the CRC is
// CRC-32C; payloads are zstd-compressed. Preamble and frame never change with the version.
//
//   header    ProgramHeader as traces/format/header_codec.h has it, in parts; first: offset
//   data      the contents of all data segments, one after the other, in parts; first: offset
//   commands  `count` commands of `core` from index `first` (hw/isa/encode.h), one context each
//   end       varint number of commands of each core; nothing follows
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace systolith {

inline constexpr std::string_view kMagic = "\x89SYSTPR\n";
inline constexpr std::uint32_t kProgramVersion = 1;
inline constexpr std::size_t kPreambleSize = 16;
inline constexpr std::size_t kFrameSize = 32;
// Of one section, uncompressed: what a reader must be ready to hold.
inline constexpr std::size_t kMaxRawSize = std::size_t{16} << 20;

enum class SectionKind : std::uint8_t { header = 1, data = 2, commands = 3, end = 4 };
std::string_view to_string(SectionKind kind);

struct Frame {
  SectionKind kind{};
  std::uint16_t core = 0;
  std::uint32_t count = 0;
  std::uint64_t first = 0;
  std::uint32_t raw_size = 0;
  std::uint32_t stored_size = 0;
  std::uint32_t checksum = 0;
};

std::uint32_t crc32c(std::string_view bytes);

std::string preamble();
// Throws UserError (without a place) where the bytes are no preamble of a version we read.
// Requires: bytes.size() == kPreambleSize.
void check_preamble(std::string_view bytes);

std::string pack(const Frame& frame);
// Requires: bytes.size() == kFrameSize.
Frame unpack_frame(std::string_view bytes);

std::string compress(std::string_view raw);
// Throws UserError where the payload isn't exactly raw_size bytes.
std::string decompress(std::string_view stored, std::size_t raw_size);

}  // namespace systolith
