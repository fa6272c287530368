// Whatever the program: every form holds all of it, and no damage goes unnoticed.
#include <gtest/gtest.h>
#include <malloc.h>

#include <sstream>

#include "hw/base/error.h"
#include "hw/isa/encode.h"
#include "tests/golden/golden_file.h"
#include "tests/property/traces/random_program.h"
#include "tests/unit/traces/scratch_folder.h"
#include "traces/format/files.h"
#include "traces/format/program_writer.h"
#include "traces/format/text_reader.h"

namespace systolith {
namespace {

using testing::RandomProgram;
using testing::read_file;
using testing::ScratchFolder;

std::string text_of(const Program& program) {
  std::ostringstream out;
  write_text(program, out);
  return out.str();
}

bool same_streams(const Program& a, const Program& b) {
  if (a.streams.size() != b.streams.size()) return false;
  for (std::size_t core = 0; core < a.streams.size(); ++core)
    if (!std::equal(a.streams[core].begin(), a.streams[core].end(), b.streams[core].begin(),
                    b.streams[core].end(), same_command))
      return false;
  return true;
}

TEST(ProgramForms, TextHoldsEveryProgram) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = RandomProgram(seed).program(1 + seed % 4, 40);
    const std::string text = text_of(program);
    const Program back = parse_text_program(text, "p");
    ASSERT_TRUE(same_streams(program, back)) << "seed " << seed << '\n' << text;
    ASSERT_EQ(text_of(back), text) << "seed " << seed;
    ASSERT_EQ(back.header.fingerprint, program.header.fingerprint);
    for (std::size_t i = 0; i < program.header.data.size(); ++i)
      ASSERT_EQ(back.header.data[i].bytes, program.header.data[i].bytes);
  }
}

TEST(ProgramForms, TextToBinaryToTextIsTheIdentity) {
  ScratchFolder folder;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = RandomProgram(seed).program(1 + seed % 4, 40);
    write_binary_file(program, folder / "p");
    const Program back = read_program(folder / "p");
    ASSERT_TRUE(same_streams(program, back)) << "seed " << seed;
    ASSERT_EQ(text_of(back), text_of(program)) << "seed " << seed;
  }
}

TEST(ProgramForms, ChunksAndPartsDoNotShow) {
  ScratchFolder folder;
  Program program = RandomProgram(7).program(3, 10'000);
  program.header.data.clear();
  program.header.data.push_back({1 << 20, std::vector<std::uint8_t>(5'000'000)});
  program.header.data.push_back({1 << 24, {}});
  program.header.data.push_back({1 << 25, {1, 2, 3}});
  for (std::size_t i = 0; i < program.header.data[0].bytes.size(); ++i)
    program.header.data[0].bytes[i] = static_cast<std::uint8_t>(i * i >> 7);
  write_binary_file(program, folder / "p");
  const Program back = read_program(folder / "p");
  EXPECT_TRUE(same_streams(program, back));
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(back.header.data[i].bytes, program.header.data[i].bytes);
}

// A program of all six operations on two cores, with a tensor and data, of a few hundred bytes.
std::string small_binary(const ScratchFolder& folder) {
  RandomProgram random(11);
  Program program;
  program.header = random.header(2);
  program.header.data = {{1 << 20, {1, 2, 3, 4}}};
  program.streams.resize(2);
  for (std::uint8_t opcode = 0; opcode < 6; ++opcode) {
    Command command;
    command.core = static_cast<CoreId>(opcode % 2);
    command.index = opcode / 2;
    command.operation = random.operation(static_cast<Opcode>(opcode));
    if (command.index > 0) command.after.push_back({command.core, 0});
    program.streams[opcode % 2].push_back(command);
  }
  write_binary_file(program, folder / "small");
  return read_file(folder / "small");
}

// The refusal's message; empty where the bytes were read as a program.
std::string refusal(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  try {
    read_program(path);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(DamagedProgram, CutAtAnyByteItIsRefusedWithOffsetAndReason) {
  ScratchFolder folder;
  const std::string bytes = small_binary(folder);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string message = refusal(folder / "cut", bytes.substr(0, size));
    ASSERT_EQ(message.rfind(folder / "cut" + ": offset " + std::to_string(size) + ": ", 0), 0u)
        << "cut at " << size << ": " << message;
  }
}

TEST(DamagedProgram, WithAnyBitFlippedItIsRefusedWithOffsetAndReason) {
  ScratchFolder folder;
  const std::string bytes = small_binary(folder);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const std::string message = refusal(folder / "flipped", flipped);
    ASSERT_EQ(message.rfind(folder / "flipped" + ": offset ", 0), 0u)
        << "bit " << bit << ": " << message;
  }
}

TEST(ProgramStream, MemoryDoesNotGrowWithItsLength) {
  ScratchFolder folder;
  ProgramHeader header;
  header.cores = 2;
  header.layers.resize(1);
  const auto in_use = [] { return static_cast<std::int64_t>(::mallinfo2().uordblks); };
  std::int64_t most = 0;
  const std::int64_t before = in_use();
  RandomProgram random(3);
  std::vector<Operation> operations;
  for (int i = 0; i < 100; ++i) operations.push_back(random.operation(static_cast<Opcode>(i % 6)));
  constexpr std::uint64_t kPerCore = 500'000;
  {
    ProgramWriter writer(folder / "long", header);
    for (std::uint64_t i = 0; i < 2 * kPerCore; ++i) {
      Command command;
      command.core = static_cast<CoreId>(i % 2);
      command.index = i / 2;
      command.operation = operations[i % operations.size()];
      if (command.index > 0) command.after.push_back({command.core, command.index - 1});
      writer.append(command);
      if (i % 1000 == 0) most = std::max(most, in_use() - before);
    }
    writer.finish();
  }
  const auto source = open_program(folder / "long");
  Command command;
  std::uint64_t commands = 0;
  while (source->next(CoreId{1}, command) && source->next(CoreId{0}, command)) {
    commands += 2;
    if (commands % 1000 == 0) most = std::max(most, in_use() - before);
  }
  EXPECT_EQ(commands, 2 * kPerCore);
  EXPECT_LT(most, 2'000'000) << "bytes; one command as an object takes 400, all of them 400 MB";
}

}  // namespace
}  // namespace systolith
