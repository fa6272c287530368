#include "traces/format/binary_reader.h"

#include <numeric>
#include <optional>

#include "hw/isa/encode.h"
#include "traces/format/header_codec.h"
#include "traces/format/section_file.h"
#include "traces/format/validate.h"

namespace systolith {
namespace {

// Far above any real one (a layer takes some 50 bytes); keeps a hostile file from filling memory.
constexpr std::uint64_t kMaxHeaderSize = std::uint64_t{256} << 20;

// What a pass over all sections finds.
struct Contents {
  ProgramHeader header;
  std::vector<std::uint64_t> lengths;       // commands of each core
  std::vector<std::uint64_t> first_chunks;  // offset of each core's first chunk
};

// One pass over the file: every checksum, the order of the sections, the totals.
class Scan {
 public:
  explicit Scan(SectionFile& file) : file_(file) {}

  Contents run() {
    std::uint64_t offset = kPreambleSize;
    for (bool ended = false; !ended;) {
      const Frame frame = file_.frame(offset);
      if (frame.kind < last_kind_)
        file_.fail(offset, fmt::format("a {} section after a {} section", to_string(frame.kind),
                                       to_string(last_kind_)));
      if (frame.kind > SectionKind::header && !header_done_) finish_header(offset);
      last_kind_ = frame.kind;
      section(offset, frame);
      ended = frame.kind == SectionKind::end;
      offset = SectionFile::next(offset, frame);
    }
    if (offset != file_.size())
      file_.fail(offset, fmt::format("{} unknown bytes follow the program", file_.size() - offset));
    return std::move(contents_);
  }

 private:
  void section(std::uint64_t offset, const Frame& frame) {
    switch (frame.kind) {
      case SectionKind::header:
        return header_part(offset, frame);
      case SectionKind::data:
        return data_part(offset, frame);
      case SectionKind::commands:
        return chunk(offset, frame);
      case SectionKind::end:
        return end(offset, frame);
    }
  }

  void header_part(std::uint64_t offset, const Frame& frame) {
    if (frame.first != header_bytes_.size()) file_.fail(offset, "a part of the header is missing");
    if (frame.first + frame.raw_size > kMaxHeaderSize)
      file_.fail(offset, fmt::format("the header is over the limit of {} bytes", kMaxHeaderSize));
    header_bytes_ += file_.contents(offset, frame);
  }

  void finish_header(std::uint64_t offset) {
    file_.at(offset, [&] {
      DecodedHeader decoded = decode_header(header_bytes_);
      contents_.header = std::move(decoded.header);
      data_sizes_ = std::move(decoded.data_sizes);
      if (contents_.header.cores == 0) throw UserError("a program has at least one core");
    });
    contents_.lengths.resize(contents_.header.cores);
    contents_.first_chunks.resize(contents_.header.cores);
    header_done_ = true;
    skip_full_segments();
  }

  void data_part(std::uint64_t offset, const Frame& frame) {
    const std::string bytes = file_.contents(offset, frame);
    if (frame.first != data_bytes_) file_.fail(offset, "a part of the data is missing");
    data_bytes_ += bytes.size();
    std::string_view left = bytes;
    while (!left.empty()) {
      if (segment_ == data_sizes_.size())
        file_.fail(offset, "there is more data than the header states");
      auto& segment = contents_.header.data[segment_].bytes;
      const auto count =
          std::min<std::uint64_t>(left.size(), data_sizes_[segment_] - segment.size());
      segment.insert(segment.end(), left.begin(),
                     left.begin() + static_cast<std::ptrdiff_t>(count));
      left.remove_prefix(count);
      skip_full_segments();
    }
  }

  // To the segment that the next byte of data belongs to.
  void skip_full_segments() {
    while (segment_ < data_sizes_.size() &&
           contents_.header.data[segment_].bytes.size() == data_sizes_[segment_])
      ++segment_;
  }

  void chunk(std::uint64_t offset, const Frame& frame) {
    if (frame.core >= contents_.header.cores)
      file_.fail(offset, fmt::format("commands of core {}, but the program has {}", frame.core,
                                     contents_.header.cores));
    auto& length = contents_.lengths[frame.core];
    if (frame.first != length || frame.count == 0)
      file_.fail(offset, fmt::format("commands of core {} begin at {}, expected {}", frame.core,
                                     frame.first, length));
    if (length == 0) contents_.first_chunks[frame.core] = offset;
    length += frame.count;
    file_.payload(offset, frame);
  }

  void end(std::uint64_t offset, const Frame& frame) {
    if (segment_ != data_sizes_.size())
      file_.fail(offset, "there is less data than the header states");
    const std::string totals = file_.contents(offset, frame);
    file_.at(offset, [&] {
      ByteReader in(totals);
      for (std::size_t core = 0; core < contents_.lengths.size(); ++core)
        if (const auto total = in.varint(); total != contents_.lengths[core])
          user_error("core {} has {} commands; the end says {}", core, contents_.lengths[core],
                     total);
      if (in.left() != 0) user_error("the end has {} unknown bytes", in.left());
    });
  }

  SectionFile& file_;
  Contents contents_;
  SectionKind last_kind_ = SectionKind::header;
  bool header_done_ = false;
  std::string header_bytes_;
  std::vector<std::uint64_t> data_sizes_;
  std::uint64_t data_bytes_ = 0;
  std::size_t segment_ = 0;
};

class BinaryProgram final : public CommandSource {
 public:
  explicit BinaryProgram(const std::string& path)
      : file_(path), contents_(Scan(file_).run()), cursors_(contents_.header.cores) {
    file_.at(kPreambleSize, [&] { validator_.emplace(contents_.header); });
    validator_->expect_lengths(contents_.lengths);
    for (std::size_t core = 0; core < cursors_.size(); ++core)
      cursors_[core].offset = cursors_[core].next_offset = contents_.first_chunks[core];
  }

  const ProgramHeader& header() const override { return contents_.header; }

  std::int64_t commands() const override {
    return static_cast<std::int64_t>(
        std::accumulate(contents_.lengths.begin(), contents_.lengths.end(), std::uint64_t{0}));
  }

  bool next(CoreId core, Command& command) override {
    const auto c = static_cast<std::size_t>(core);
    Cursor& cursor = cursors_.at(c);
    if (cursor.index == contents_.lengths[c]) return false;
    if (cursor.left == 0) open_chunk(c, cursor);
    command.core = core;
    command.index = cursor.index++;
    file_.at(cursor.offset, [&] {
      decode(*cursor.in, cursor.context, command);
      validator_->command(command);
      if (--cursor.left == 0 && cursor.in->left() != 0)
        user_error("{} unknown bytes follow the commands of a section", cursor.in->left());
    });
    return true;
  }

 private:
  struct Cursor {
    std::uint64_t offset = 0, next_offset = 0;  // of the open chunk and of what follows it
    std::uint64_t index = 0;                    // of the next command
    std::uint32_t left = 0;                     // commands in the open chunk
    std::string bytes;
    std::optional<ByteReader> in;  // over `bytes`
    CommandContext context;
  };

  void open_chunk(std::size_t core, Cursor& cursor) {
    for (;;) {
      cursor.offset = cursor.next_offset;
      const Frame frame = file_.frame(cursor.offset);
      if (frame.kind == SectionKind::end)  // the scan saw its chunk
        file_.fail(cursor.offset, "the file has changed while it was read");
      cursor.next_offset = SectionFile::next(cursor.offset, frame);
      if (frame.kind != SectionKind::commands || frame.core != core) continue;
      cursor.bytes = file_.contents(cursor.offset, frame);
      cursor.in.emplace(cursor.bytes);
      cursor.context = {};
      cursor.left = frame.count;
      return;
    }
  }

  SectionFile file_;
  Contents contents_;
  std::vector<Cursor> cursors_;
  std::optional<ProgramValidator> validator_;
};

}  // namespace

std::unique_ptr<CommandSource> open_binary_program(const std::string& path) {
  return std::make_unique<BinaryProgram>(path);
}

// Either end of the magic number: with any single bit flipped, one of the two is whole.
bool looks_binary(std::string_view beginning) {
  return beginning.substr(0, 1) == kMagic.substr(0, 1) ||
         beginning.substr(1, kMagic.size() - 1) == kMagic.substr(1);
}

}  // namespace systolith
