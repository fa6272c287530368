// What commands look like as text, and what the reader says about text that is none.
#include <gmock/gmock.h>

#include <cmath>

#include "hw/isa/parse.h"
#include "hw/isa/print.h"
#include "hw/isa/words.h"

namespace systolith {
namespace {

std::string message_of(Opcode opcode, std::string_view word) {
  try {
    Operation operation = default_operation(opcode);
    parse_field({word, {"p.txt", 4, 9}}, operation);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

template <class T>
T parsed(std::initializer_list<std::string_view> words) {
  Operation operation = T{};
  for (const auto word : words) parse_field({word, {}}, operation);
  return std::get<T>(operation);
}

TEST(CommandText, LeavesOutWhatHasItsDefault) {
  Preload preload;
  preload.address = 0x400;
  preload.rows = 32;
  EXPECT_EQ(to_text(Operation(preload)), "preload address=0x400 rows=32");
  EXPECT_EQ(to_text(Operation(Sync{})), "sync");
}

TEST(CommandText, WritesLoopsUpToTheInnermostInUse) {
  Load load;
  load.run = 64;
  load.loops[1] = {4, 256, -64};
  EXPECT_EQ(to_text(Operation(load)), "load run=64 loops=1:0:0,4:256:-64");
  EXPECT_TRUE(same_fields(parsed<Load>({"run=64", "loops=1:0:0,4:256:-64"}), load));
}

TEST(CommandText, NamesFieldsOfStructsByTheirGroup) {
  Matmul matmul;
  matmul.feed.origin_h = -1;
  matmul.new_weights = false;
  EXPECT_EQ(to_text(Operation(matmul)), "matmul new_weights=false feed.origin_h=-1");
}

TEST(CommandText, WritesFloatsAsTheShortestTextThatReadsBack) {
  EXPECT_EQ(to_text(0.1f), "0.1");
  EXPECT_EQ(to_text(-0.0f), "-0");
  EXPECT_EQ(to_text(1e-45f), "1e-45");
  EXPECT_EQ(to_text(-INFINITY), "-inf");
  EXPECT_EQ(to_text(std::nanf("")), "nan");
  EXPECT_EQ(to_text(-std::nanf("")), "nan(0xffc00000)");
}

TEST(CommandText, ReadsEveryFloatBackToTheBit) {
  for (const char* text : {"0.1", "-0", "1e-45", "inf", "-inf", "nan", "nan(0xffc00001)"})
    EXPECT_EQ(to_text(parse_float({text, {}}, "x")), text);
}

TEST(CommandText, KeepsANegativeZeroThoughItEqualsTheDefault) {
  VectorOp op;
  op.low = -0.0f;
  EXPECT_EQ(to_text(Operation(op)), "vector low=-0");
}

TEST(CommandText, AnUnknownFieldIsAnsweredWithTheKnownOnesAndItsPlace) {
  EXPECT_EQ(message_of(Opcode::load, "ruin=3"),
            "p.txt:4:9: unknown field 'ruin' (known: system_address, local_address, run, loops, "
            "element, element_stride, half_bytes, pad.top, pad.left, pad.bottom, pad.right, "
            "pad.value); did you mean 'run'?");
}

TEST(CommandText, ABadValueIsAnsweredWithWhatIsAllowedAndItsPlace) {
  EXPECT_EQ(message_of(Opcode::preload, "rows=x"),
            "p.txt:4:14: rows is 'x'; allowed: an integer from -2147483648 to 2147483647");
  EXPECT_EQ(message_of(Opcode::matmul, "accumulate=1"),
            "p.txt:4:20: accumulate is '1'; allowed: true, false");
  EXPECT_EQ(message_of(Opcode::vector, "a.strides=1,2,3"),
            "p.txt:4:19: a.strides has 3 values; it takes 4");
  EXPECT_EQ(message_of(Opcode::load, "loops=1:2"),
            "p.txt:4:15: loops is '1:2'; a loop is count:system_stride:local_stride");
  EXPECT_EQ(message_of(Opcode::vector, "binary=sub"),
            "p.txt:4:16: unknown binary function 'sub' (known: none, add, mul, gate)");
  EXPECT_EQ(message_of(Opcode::load, "run"), "p.txt:4:9: 'run' is no field; a field is name=value");
}

TEST(CommandText, RefusesNumbersBeyondTheirType) {
  EXPECT_THAT(message_of(Opcode::preload, "rows=2147483648"), testing::HasSubstr("allowed:"));
  EXPECT_THAT(message_of(Opcode::load, "run=9223372036854775808"), testing::HasSubstr("allowed:"));
  EXPECT_THAT(message_of(Opcode::load, "system_address=0x10000000000000000"),
              testing::HasSubstr("allowed:"));
  EXPECT_THAT(message_of(Opcode::load, "system_address=-1"), testing::HasSubstr("allowed:"));
  EXPECT_THAT(message_of(Opcode::vector, "low=1e99"), testing::HasSubstr("allowed: a number"));
}

}  // namespace
}  // namespace systolith
