// Program files: what a damaged, newer or missing one is answered with, and what is left behind.
#include "traces/format/files.h"

#include <gtest/gtest.h>

#include "hw/base/error.h"
#include "tests/golden/golden_file.h"
#include "tests/unit/traces/scratch_folder.h"
#include "traces/format/layout.h"
#include "traces/format/program_writer.h"

namespace systolith {
namespace {

using testing::read_file;
using testing::ScratchFolder;

Program small_program() {
  Program program;
  program.header.workload = "small";
  program.header.layers.resize(1);
  program.header.data.push_back({0x40, {1, 2, 3}});
  program.streams.resize(1);
  Command command;
  command.operation = Sync{};
  program.streams[0] = {command};
  return program;
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string refusal(const std::string& path) {
  try {
    read_program(path);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ProgramFiles, EitherFormIsRecognisedByItsBeginning) {
  ScratchFolder folder;
  write_binary_file(small_program(), folder / "a");
  write_text_file(small_program(), folder / "b");
  EXPECT_EQ(read_program(folder / "a").header.workload, "small");
  EXPECT_EQ(read_program(folder / "b").header.workload, "small");
  EXPECT_EQ(folder.files(), 2u);
}

TEST(ProgramFiles, TellTheirNumberOfCommandsBeforeTheFirstIsRead) {
  ScratchFolder folder;
  write_binary_file(small_program(), folder / "a");
  write_text_file(small_program(), folder / "b");
  EXPECT_EQ(open_program(folder / "a")->commands(), 1);
  EXPECT_EQ(open_program(folder / "b")->commands(), 1);
}

TEST(ProgramFiles, WhatCannotBeReadIsNamed) {
  ScratchFolder folder;
  EXPECT_EQ(refusal(folder / "none"),
            "cannot read '" + folder / "none" + "': No such file or directory");
  EXPECT_EQ(refusal(folder / "."), "cannot read '" + folder / "." + "': it is a folder");
  write_bytes(folder / "empty", "");
  EXPECT_EQ(refusal(folder / "empty"), folder / "empty" + ": offset 0: the file is empty");
}

TEST(ProgramFiles, ANewerVersionIsRefusedByItsNumber) {
  ScratchFolder folder;
  std::string bytes(kMagic);
  bytes.append({7, 0, 0, 0});
  const std::uint32_t crc = crc32c(bytes);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(crc >> shift);
  write_bytes(folder / "p", bytes);
  EXPECT_EQ(refusal(folder / "p"),
            folder / "p" + ": offset 0: program format version 7 is newer than this build's 1");
}

TEST(ProgramFiles, WhatFollowsTheEndIsRefused) {
  ScratchFolder folder;
  write_binary_file(small_program(), folder / "p");
  const std::string bytes = read_file(folder / "p");
  write_bytes(folder / "q", bytes + "x");
  EXPECT_EQ(refusal(folder / "q"), folder / "q" + ": offset " + std::to_string(bytes.size()) +
                                       ": 1 unknown bytes follow the program");
}

TEST(ProgramFiles, ACutFileIsRefusedWithThePlaceOfTheCut) {
  ScratchFolder folder;
  write_binary_file(small_program(), folder / "p");
  const std::string bytes = read_file(folder / "p");
  write_bytes(folder / "q", bytes.substr(0, 10));
  EXPECT_EQ(refusal(folder / "q"), folder / "q" + ": offset 10: the file ends inside the preamble");
  write_bytes(folder / "q", bytes.substr(0, kPreambleSize + 3));
  EXPECT_EQ(refusal(folder / "q"),
            folder / "q" + ": offset 19: the file ends inside a section's frame");
  write_bytes(folder / "q", bytes.substr(0, kPreambleSize + kFrameSize + 3));
  EXPECT_EQ(refusal(folder / "q"),
            folder / "q" + ": offset 51: the file ends inside a header section");
}

TEST(ProgramFiles, ASectionRemovedOrDoubledIsRefused) {
  ScratchFolder folder;
  write_binary_file(small_program(), folder / "p");
  const std::string bytes = read_file(folder / "p");
  std::vector<std::size_t> sections;  // where each begins, and the end
  for (std::size_t at = kPreambleSize; at < bytes.size();) {
    sections.push_back(at);
    at += kFrameSize + unpack_frame(std::string_view(bytes).substr(at, kFrameSize)).stored_size;
  }
  sections.push_back(bytes.size());
  ASSERT_EQ(sections.size(), 5u);  // header, data, commands, end
  for (std::size_t i = 0; i + 1 < sections.size(); ++i) {
    const std::string section = bytes.substr(sections[i], sections[i + 1] - sections[i]);
    write_bytes(folder / "q", bytes.substr(0, sections[i]) + bytes.substr(sections[i + 1]));
    EXPECT_NE(refusal(folder / "q"), "accepted") << "without section " << i;
    write_bytes(folder / "q", bytes.substr(0, sections[i]) + section + bytes.substr(sections[i]));
    EXPECT_NE(refusal(folder / "q"), "accepted") << "with section " << i << " twice";
  }
}

TEST(ProgramFiles, NothingIsLeftBehindByAWriterThatDoesNotFinish) {
  ScratchFolder folder;
  const Program program = small_program();
  {
    ProgramWriter writer(folder / "p", program.header);
    writer.append(program.streams[0][0]);
    EXPECT_THROW(writer.append(program.streams[0][0]), UserError);  // index 0 again
  }
  EXPECT_EQ(folder.files(), 0u);
}

TEST(ProgramFiles, AFileThatCannotBeWrittenIsNamed) {
  ScratchFolder folder;
  try {
    write_binary_file(small_program(), folder / "none/p");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), "cannot write '" + folder / "none/p" + "': No such file or directory");
  }
}

TEST(ProgramFiles, WritingTwiceGivesTheSameBytes) {
  ScratchFolder folder;
  write_binary_file(small_program(), folder / "p");
  write_binary_file(small_program(), folder / "q");
  EXPECT_EQ(read_file(folder / "p"), read_file(folder / "q"));
}

}  // namespace
}  // namespace systolith
