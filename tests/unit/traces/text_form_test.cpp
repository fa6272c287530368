// The text form, by example, and what its reader says about text that is no program.
#include <gtest/gtest.h>

#include <sstream>

#include "hw/base/error.h"
#include "traces/format/text_reader.h"
#include "traces/format/text_writer.h"

namespace systolith {
namespace {

constexpr const char* kCanonical = R"(systolith-program 1
workload "two \"cores\""
machine "edge_npu" fingerprint 0x12ab
cores 2
layer 0 "conv1" op "Conv+Relu" format "int8" macs 512 weight_bytes 16 dram_bytes 96
layer 1 "copy" op "" format "int8" macs 0 weight_bytes 0 dram_bytes 0
tensor input "data" address 0x0 bytes 4 format int8 scale 0.1 zero -3 shape 1x2x2 logical 1x2x2
tensor constant "k" address 0x40 bytes 4 format fp32 scale 1 zero 0 shape scalar logical scalar
data 0x40 bytes 34
  000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
  2021
core 0
  0: load system_address=0x40 run=64 loops=4:256:64
  1: preload after 0 1:1 layer=1 tenant=2 rows=4 cols=4
core 1
  0: sync
  1: store after 0 0:0 run=4
end
)";

std::string rewritten(const std::string& text) {
  std::ostringstream out;
  write_text(parse_text_program(text, "p.txt"), out);
  return out.str();
}

std::string refusal(const std::string& text) {
  try {
    parse_text_program(text, "p.txt");
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

// A program of one layer and one core with these lines for its stream.
std::string with_commands(const std::string& lines) {
  return "systolith-program 1\nlayer 0 \"l\"\ncore 0\n" + lines + "end\n";
}

TEST(TextForm, CanonicalTextIsWrittenAsItWasRead) { EXPECT_EQ(rewritten(kCanonical), kCanonical); }

TEST(TextForm, ReadsWhatItSays) {
  const Program program = parse_text_program(kCanonical, "p.txt");
  EXPECT_EQ(program.header.workload, "two \"cores\"");
  EXPECT_EQ(program.header.fingerprint, 0x12abu);
  EXPECT_EQ(program.header.layers[0].dram_bytes_stated, 96);
  EXPECT_EQ(program.header.tensors[0].zero_point, -3);
  EXPECT_EQ(program.header.tensors[1].shape.size(), 0u);
  EXPECT_EQ(program.header.data[0].bytes.back(), 0x21);
  const Command& preload = program.streams[0][1];
  EXPECT_EQ(preload.after[1], (CommandRef{CoreId{1}, 1}));
  EXPECT_EQ(preload.tenant, TenantId{2});
  EXPECT_EQ(std::get<Preload>(preload.operation).rows, 4);
  EXPECT_EQ(std::get<Load>(program.streams[0][0].operation).bytes(), 256);
}

TEST(TextForm, CommentsBlanksAndTheOrderOfAttributesDoNotMatter) {
  const std::string loose =
      "# a comment\n\n  systolith-program   1 # another\n"
      "layer 0 \"a # b\" macs 3 op \"Conv\"\r\n"
      "core 0\n0: load run=0x40\tsystem_address=64 # more\n end # done\n# after\n";
  EXPECT_EQ(rewritten(loose),
            "systolith-program 1\nworkload \"\"\nmachine \"\" fingerprint 0x0\ncores 1\n"
            "layer 0 \"a # b\" op \"Conv\" format \"\" macs 3 weight_bytes 0 dram_bytes 0\n"
            "core 0\n  0: load system_address=0x40 run=64\nend\n");
}

TEST(TextForm, RefusesWhatIsNoProgramOrANewerOne) {
  EXPECT_EQ(refusal(""), "p.txt:1:1: the file is empty");
  EXPECT_EQ(refusal("hello\n"),
            "p.txt:1:1: not a systolith program: expected 'systolith-program 1'");
  EXPECT_EQ(refusal("systolith-program 7\n"),
            "p.txt:1:19: program format version 7 is newer than this build's 1");
  EXPECT_EQ(refusal("systolith-program\n"),
            "p.txt:1:18: the line ends; expected the format's version");
}

TEST(TextForm, RefusesAProgramThatIsCutOff) {
  EXPECT_EQ(refusal("systolith-program 1\ncore 0\n"),
            "p.txt:3:1: the program is cut off: its 'end' is missing");
  EXPECT_EQ(refusal("systolith-program 1\ndata 0 bytes 2\nff\n"),
            "p.txt:4:1: the program is cut off inside its data");
  EXPECT_EQ(refusal("systolith-program 1\nend\ncore 0\n"),
            "p.txt:3:1: unexpected text after the program's 'end'");
}

TEST(TextForm, AnyCutOfItsTextIsRefused) {
  const std::string text = kCanonical;
  // Without its last newline it is still whole.
  for (std::size_t size = 0; size + 1 < text.size(); ++size)
    EXPECT_NE(refusal(text.substr(0, size)), "accepted") << "cut at " << size;
}

TEST(TextForm, RefusesUnknownStatementsAndAttributes) {
  EXPECT_EQ(refusal("systolith-program 1\nlayr 0\n"),
            "p.txt:2:1: unknown statement 'layr' (known: workload, machine, cores, memory, layer, "
            "tensor, "
            "data, core, end); did you mean 'layer'?");
  EXPECT_EQ(refusal("systolith-program 1\nlayer 0 \"a\" mac 3\n"),
            "p.txt:2:13: unknown attribute 'mac' (known: op, format, macs, weight_bytes, "
            "dram_bytes, phase); did you mean 'macs'?");
  EXPECT_EQ(refusal("systolith-program 1\nlayer 0 \"a\" macs 3 macs 4\n"),
            "p.txt:2:20: macs is given twice");
  EXPECT_EQ(refusal("systolith-program 1\nlayer 1 \"a\"\n"),
            "p.txt:2:7: layer 1 is out of sequence; expected 0");
  EXPECT_EQ(refusal("systolith-program 1\nlayer 0 \"a\n"),
            "p.txt:2:9: the closing quotation mark is missing");
  EXPECT_EQ(refusal("systolith-program 1\ntensor in \"a\"\n"),
            "p.txt:2:8: unknown tensor role 'in' (known: input, output, constant, state)");
  EXPECT_EQ(refusal("systolith-program 1\ncore 0\ncores 2\n"),
            "p.txt:3:1: unexpected 'cores'; allowed here: a command as '0: name ...', core, end");
}

TEST(TextForm, RefusesCommandsThatAreNone) {
  EXPECT_EQ(refusal(with_commands("0: lod\n")),
            "p.txt:4:4: unknown command 'lod' (known: load, store, preload, matmul, vector, sync); "
            "did you mean 'load'?");
  EXPECT_EQ(refusal(with_commands("1: sync\n")),
            "p.txt:4:1: core 0 command 1: out of sequence; expected 0");
  EXPECT_EQ(refusal(with_commands("0: load run=1 run=2\n")), "p.txt:4:15: run is given twice");
  EXPECT_EQ(refusal(with_commands("0: load run=0\n")),
            "p.txt:4:1: core 0 command 0: load: run = 0 (allowed: 1 to 4503599627370496)");
  EXPECT_EQ(refusal(with_commands("0: sync layer=1\n")),
            "p.txt:4:1: core 0 command 0: is of layer 1, but the program has 1 layers");
  EXPECT_EQ(refusal("systolith-program 1\ncore 1\nend\n"),
            "p.txt:2:6: the core's number is '1'; allowed: an integer from 0 to 0");
  EXPECT_EQ(refusal("systolith-program 1\n0: sync\n"),
            "p.txt:2:1: a command needs a 'core' statement before it");
}

TEST(TextForm, RefusesReferencesToWhatIsNotThere) {
  EXPECT_EQ(refusal(with_commands("0: sync after 0\n")),
            "p.txt:4:1: core 0 command 0: waits for command 0, which is not before it");
  EXPECT_EQ(refusal(with_commands("0: sync after 1:0\n")),
            "p.txt:4:1: core 0 command 0: waits for core 1, but the program has 1");
  EXPECT_EQ(refusal(with_commands("0: sync after\n")),
            "p.txt:4:14: the line ends; expected an index to wait for");
  EXPECT_EQ(refusal(with_commands("0: sync after 1:x\n")),
            "p.txt:4:17: an index to wait for is 'x'; allowed: an integer from 0 to "
            "9223372036854775807");
  EXPECT_EQ(
      refusal("systolith-program 1\ncores 2\nlayer 0 \"l\"\ncore 0\n0: sync after 1:3\nend\n"),
      "p.txt:6:1: core 0 command 0: waits for core 1 command 3, but that core has 0");
}

TEST(TextForm, RefusesTensorsAndDataThatContradictThemselves) {
  EXPECT_EQ(refusal("systolith-program 1\ntensor input \"x\" bytes 3 shape 2x2\nend\n"),
            "p.txt:3:1: tensor \"x\": its shape takes 4 bytes, but it has 3");
  EXPECT_EQ(refusal("systolith-program 1\ntensor input \"x\" bytes 3 format int4 shape 2x3\nend\n"),
            "p.txt:3:1: tensor \"x\": its shape takes 4 bytes, but it has 3");
  EXPECT_EQ(refusal("systolith-program 1\ndata 0 bytes 2\n0011\ndata 1 bytes 1\n22\nend\n"),
            "p.txt:6:1: data at 0x1 overlaps data at 0x0");
  EXPECT_EQ(refusal("systolith-program 1\ndata 0 bytes 1\n0011\nend\n"),
            "p.txt:3:1: there are more than the 1 bytes stated");
  EXPECT_EQ(refusal("systolith-program 1\ndata 0 bytes 1\n0g\nend\n"),
            "p.txt:3:1: data consists of hexadecimal digits 0-9 and a-f");
}

}  // namespace
}  // namespace systolith
