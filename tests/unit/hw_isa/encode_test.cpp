// The binary form of single commands, by bytes counted by hand from hw/isa/encode.h.
#include "hw/isa/encode.h"

#include <gtest/gtest.h>

#include "hw/isa/words.h"

namespace systolith {
namespace {

TEST(CommandEncoding, ASyncAfterItsPredecessorTakesFiveBytes) {
  Command command;
  command.index = 5;
  command.after.push_back({CoreId{0}, 4});
  command.operation = Sync{};
  CommandContext context;
  std::string bytes;
  encode(command, context, bytes);
  EXPECT_EQ(bytes, std::string({10, 1, 0, 2, 0}));  // opcode 5 * 2; one ref; own core; +1; mask
}

TEST(CommandEncoding, OnlyWhatChangedSinceTheLastOfItsKindIsWritten) {
  Command command;
  Preload preload;
  preload.address = 64;
  preload.rows = 4;
  command.operation = preload;
  CommandContext context;
  std::string bytes;
  encode(command, context, bytes);
  EXPECT_EQ(bytes, std::string({4, 0, 0b101, char(0x80), 1, 8}));  // address +64, rows +4
  preload.address = 63;
  command.operation = preload;
  bytes.clear();
  encode(command, context, bytes);
  EXPECT_EQ(bytes, std::string({4, 0, 1, 1}));  // address -1
}

TEST(CommandEncoding, ReadsBackDependenciesOnOtherCoresAndLaterIndices) {
  Command command;
  command.core = CoreId{2};
  command.index = 7;
  command.layer = LayerId{300};
  command.tenant = TenantId{9};
  command.after = {{CoreId{2}, 3}, {CoreId{0}, 1'000'000'000'000}, {CoreId{65535}, 0}};
  command.operation = Store{};
  CommandContext writing, reading;
  std::string bytes;
  encode(command, writing, bytes);
  Command back;
  back.core = command.core;
  back.index = command.index;
  ByteReader in(bytes);
  decode(in, reading, back);
  EXPECT_TRUE(same_command(command, back));
  EXPECT_EQ(in.left(), 0u);
}

std::string refusal(const std::string& bytes) {
  try {
    CommandContext context;
    Command command;
    ByteReader in(bytes);
    decode(in, context, command);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(CommandEncoding, RefusesBytesThatAreNoCommand) {
  EXPECT_EQ(refusal(""), "a field reaches beyond the end of its section");
  EXPECT_EQ(refusal({12, 0, 0}), "unknown command number 6");
  EXPECT_EQ(refusal({10, 0, 1}), "a command has fields that this build doesn't know");
  EXPECT_EQ(refusal({10, 100}), "a command waits for more commands than its section holds");
  EXPECT_EQ(refusal({4, 0, 0b100000, 127, 127}), "field 'format' is out of its type's range");
  EXPECT_EQ(refusal(std::string(11, char(0xff))), "a number has more than 64 bits");
}

}  // namespace
}  // namespace systolith
