// Hostile files: random damage to text, and to binary payloads whose checksums were made good
// again. The reader answers with a program or a UserError, never otherwise.
#include <gtest/gtest.h>

#include <sstream>

#include "hw/base/error.h"
#include "tests/golden/golden_file.h"
#include "tests/property/traces/random_program.h"
#include "tests/unit/traces/scratch_folder.h"
#include "traces/format/files.h"
#include "traces/format/inspect.h"
#include "traces/format/layout.h"
#include "traces/format/text_reader.h"

namespace systolith {
namespace {

using testing::RandomProgram;

// Bytes, words and lines exchanged, doubled and removed.
std::string damaged(std::string text, RandomProgram& random) {
  for (std::int64_t i = random.integer(1, 4); i > 0 && text.size() > 2; --i) {
    const auto at =
        static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(text.size()) - 1));
    const auto length = static_cast<std::size_t>(random.integer(1, 20));
    switch (random.integer(0, 3)) {
      case 0:
        text[at] = static_cast<char>(random.integer(0, 255));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      default:
        text.insert(at, std::to_string(random.integer(-9, INT64_MAX)));
        break;
    }
  }
  return text;
}

TEST(HostileText, IsAProgramOrAUserError) {
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    RandomProgram random(seed);
    std::ostringstream text;
    write_text(random.program(2, 6), text);
    try {
      const Program program = parse_text_program(damaged(text.str(), random), "p");
      ProgramSource source(program);
      stats_of(source);
    } catch (const UserError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

// The file's sections with one payload damaged and every size and checksum made to match.
std::string damaged_payload(const std::string& bytes, RandomProgram& random) {
  std::string out = preamble();
  std::size_t sections = 0;
  for (std::size_t at = kPreambleSize; at < bytes.size(); ++sections) {
    Frame frame = unpack_frame(std::string_view(bytes).substr(at, kFrameSize));
    std::string raw = decompress(std::string_view(bytes).substr(at + kFrameSize, frame.stored_size),
                                 frame.raw_size);
    at += kFrameSize + frame.stored_size;
    if (random.chance(3)) raw = damaged(raw, random);
    if (random.chance(20)) frame.count = static_cast<std::uint32_t>(random.integer(0, 1LL << 32));
    const std::string stored = compress(raw);
    frame.raw_size = static_cast<std::uint32_t>(raw.size());
    frame.stored_size = static_cast<std::uint32_t>(stored.size());
    frame.checksum = crc32c(stored);
    out += pack(frame) + stored;
  }
  return out;
}

TEST(HostileBinary, IsAProgramOrAUserError) {
  testing::ScratchFolder folder;
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    RandomProgram random(seed);
    write_binary_file(random.program(2, 12), folder / "p");
    const std::string bytes = damaged_payload(testing::read_file(folder / "p"), random);
    std::ofstream(folder / "q", std::ios::binary) << bytes;
    try {
      const auto source = open_program(folder / "q");
      stats_of(*source);
    } catch (const UserError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace systolith
