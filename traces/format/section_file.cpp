#include "traces/format/section_file.h"

namespace systolith {

SectionFile::SectionFile(const std::string& path) : path_(path), in_(path, std::ios::binary) {
  in_.seekg(0, std::ios::end);
  if (!in_) user_error("cannot read '{}'", path);
  size_ = static_cast<std::uint64_t>(in_.tellg());
  const std::string bytes = read(0, kPreambleSize, "the preamble");
  at(0, [&] { check_preamble(bytes); });
}

Frame SectionFile::frame(std::uint64_t offset) {
  const std::string bytes = read(offset, kFrameSize, "a section's frame");
  const Frame frame = at(offset, [&] { return unpack_frame(bytes); });
  if (frame.stored_size > size_ - offset - kFrameSize)
    fail(size_, fmt::format("the file ends inside a {} section", to_string(frame.kind)));
  return frame;
}

std::string SectionFile::payload(std::uint64_t offset, const Frame& frame) {
  std::string stored = read(offset + kFrameSize, frame.stored_size, "a section");
  if (crc32c(stored) != frame.checksum)
    fail(offset + kFrameSize,
         fmt::format("a {} section is damaged: its checksum doesn't match", to_string(frame.kind)));
  return stored;
}

std::string SectionFile::contents(std::uint64_t offset, const Frame& frame) {
  const std::string stored = payload(offset, frame);
  return at(offset, [&] { return decompress(stored, frame.raw_size); });
}

void SectionFile::fail(std::uint64_t offset, const std::string& reason) const {
  throw UserError(fmt::format("{}: offset {}: {}", path_, offset, reason));
}

std::string SectionFile::read(std::uint64_t offset, std::size_t count, const char* inside) {
  if (offset > size_ || count > size_ - offset)
    fail(size_, fmt::format("the file ends inside {}", inside));
  std::string bytes(count, '\0');
  in_.seekg(static_cast<std::streamoff>(offset));
  if (!in_.read(bytes.data(), static_cast<std::streamsize>(count)))
    fail(offset, "the file cannot be read");
  return bytes;
}

}  // namespace systolith
