#include "traces/format/layout.h"

#include <zstd.h>

#include <boost/crc.hpp>

#include "hw/base/error.h"

namespace systolith {
namespace {

template <class T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

template <class T>
T get(std::string_view bytes, std::size_t offset) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= std::uint64_t{static_cast<std::uint8_t>(bytes[offset + i])} << (8 * i);
  return static_cast<T>(value);
}

}  // namespace

std::string_view to_string(SectionKind kind) {
  switch (kind) {
    case SectionKind::header:
      return "header";
    case SectionKind::data:
      return "data";
    case SectionKind::commands:
      return "commands";
    case SectionKind::end:
      return "end";
  }
  SYSTOLITH_CHECK(false, "no section has the number {}", static_cast<int>(kind));
}

std::uint32_t crc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

std::string preamble() {
  std::string out(kMagic);
  put(out, kProgramVersion);
  put(out, crc32c(out));
  return out;
}

void check_preamble(std::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic)
    user_error("not a systolith program: the magic number is damaged");
  if (crc32c(bytes.substr(0, 12)) != get<std::uint32_t>(bytes, 12))
    user_error("the preamble is damaged: its checksum doesn't match");
  const auto version = get<std::uint32_t>(bytes, 8);
  if (version > kProgramVersion)
    user_error("program format version {} is newer than this build's {}", version, kProgramVersion);
  if (version == 0) user_error("there is no program format version 0");
}

std::string pack(const Frame& frame) {
  std::string out;
  out.reserve(kFrameSize);
  put(out, static_cast<std::uint8_t>(frame.kind));
  put(out, std::uint8_t{0});
  put(out, frame.core);
  put(out, frame.count);
  put(out, frame.first);
  put(out, frame.raw_size);
  put(out, frame.stored_size);
  put(out, frame.checksum);
  put(out, crc32c(out));
  return out;
}

Frame unpack_frame(std::string_view bytes) {
  if (crc32c(bytes.substr(0, kFrameSize - 4)) != get<std::uint32_t>(bytes, kFrameSize - 4))
    user_error("a section's frame is damaged: its checksum doesn't match");
  const auto kind = get<std::uint8_t>(bytes, 0);
  if (kind < 1 || kind > 4 || bytes[1] != 0) user_error("unknown kind of section {}", kind);
  Frame frame;
  frame.kind = static_cast<SectionKind>(kind);
  frame.core = get<std::uint16_t>(bytes, 2);
  frame.count = get<std::uint32_t>(bytes, 4);
  frame.first = get<std::uint64_t>(bytes, 8);
  frame.raw_size = get<std::uint32_t>(bytes, 16);
  frame.stored_size = get<std::uint32_t>(bytes, 20);
  frame.checksum = get<std::uint32_t>(bytes, 24);
  if (frame.raw_size > kMaxRawSize || frame.stored_size > ZSTD_compressBound(kMaxRawSize))
    user_error("a section of {} bytes is over the limit of {}", frame.raw_size, kMaxRawSize);
  return frame;
}

std::string compress(std::string_view raw) {
  // Level 1 is within a few percent of the default's size on commands, at several times its speed.
  constexpr int kLevel = 1;
  std::string out(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), kLevel);
  SYSTOLITH_CHECK(!ZSTD_isError(size), "zstd: {}", ZSTD_getErrorName(size));
  out.resize(size);
  return out;
}

std::string decompress(std::string_view stored, std::size_t raw_size) {
  std::string out(raw_size, '\0');
  const std::size_t size = ZSTD_decompress(out.data(), out.size(), stored.data(), stored.size());
  if (ZSTD_isError(size)) user_error("a section doesn't decompress: {}", ZSTD_getErrorName(size));
  if (size != raw_size) user_error("a section has {} bytes; its frame says {}", size, raw_size);
  return out;
}

}  // namespace systolith
