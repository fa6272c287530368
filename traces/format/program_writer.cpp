#include "traces/format/program_writer.h"

#include "hw/base/error.h"
#include "traces/format/header_codec.h"

namespace systolith {
namespace {

// A chunk is closed at either: enough for compression to work, little enough for a reader to hold
// one of each core.
constexpr std::uint32_t kChunkCommands = 4096;
constexpr std::size_t kChunkBytes = std::size_t{64} << 10;
constexpr std::size_t kPartBytes = std::size_t{1} << 20;  // of header and data

}  // namespace

ProgramWriter::ProgramWriter(const std::string& path, const ProgramHeader& header)
    : validator_(header), file_(path), chunks_(header.cores) {
  file_.write(preamble());
  parts(SectionKind::header, encode_header(header), 0);
  std::uint64_t offset = 0;
  for (const auto& segment : header.data) {
    parts(SectionKind::data,
          {reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size()}, offset);
    offset += segment.bytes.size();
  }
}

void ProgramWriter::append(const Command& command) {
  validator_.command(command);
  Chunk& chunk = chunks_[static_cast<std::size_t>(command.core)];
  if (chunk.count == 0) chunk.first = command.index;
  encode(command, chunk.context, chunk.bytes);
  ++chunk.count;
  if (chunk.bytes.size() > kMaxRawSize)
    user_error("core {} command {} waits for too many commands: {}",
               static_cast<std::uint16_t>(command.core), command.index, command.after.size());
  if (chunk.count == kChunkCommands || chunk.bytes.size() >= kChunkBytes)
    flush(static_cast<std::size_t>(command.core));
}

void ProgramWriter::finish() {
  validator_.finish();
  std::string totals;
  for (std::size_t core = 0; core < chunks_.size(); ++core) {
    flush(core);
    put_varint(totals, validator_.seen()[core]);
  }
  section({SectionKind::end}, totals);
  file_.commit();
}

void ProgramWriter::section(Frame frame, std::string_view raw) {
  const std::string stored = compress(raw);
  frame.raw_size = static_cast<std::uint32_t>(raw.size());
  frame.stored_size = static_cast<std::uint32_t>(stored.size());
  frame.checksum = crc32c(stored);
  file_.write(pack(frame));
  file_.write(stored);
}

void ProgramWriter::parts(SectionKind kind, std::string_view bytes, std::uint64_t offset) {
  for (std::size_t at = 0; at < bytes.size(); at += kPartBytes)
    section({kind, 0, 0, offset + at}, bytes.substr(at, kPartBytes));
}

void ProgramWriter::flush(std::size_t core) {
  Chunk& chunk = chunks_[core];
  if (chunk.count == 0) return;
  section({SectionKind::commands, static_cast<std::uint16_t>(core), chunk.count, chunk.first},
          chunk.bytes);
  chunk = {};
}

}  // namespace systolith
