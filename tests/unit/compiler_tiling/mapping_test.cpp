#include "compiler/tiling/mapping.h"

#include <gmock/gmock.h>

#include "compiler/tiling/mapped_tiling.h"
#include "hw/arch/read_machine.h"
#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

using testing::HasSubstr;

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const UserError& error) {
    return error.what();
  }
  return "nothing was refused";
}

std::string file(const std::string& levels) { return "layers:\n  - layer: conv\n" + levels; }
std::string parse_refusal(const std::string& text) {
  return refusal([&] { parse_mapping(text, "m.yaml"); });
}

TEST(Mapping, AFileIsReadLevelByLevel) {
  const Mapping mapping = parse_mapping(
      file("    dram: K2 S3\n    scratchpad: K16X\n    accumulator: K8 C16 C16X\n"), "m.yaml");
  ASSERT_EQ(mapping.layers.size(), 1U);
  const LayerMapping& layer = mapping.layers[0];
  EXPECT_EQ(layer.layer, "conv");
  ASSERT_EQ(layer.at(MappingLevel::dram).size(), 2U);
  EXPECT_EQ(layer.at(MappingLevel::dram)[1].loop, Loop::s);
  EXPECT_EQ(layer.at(MappingLevel::dram)[1].factor, 3);
  EXPECT_TRUE(layer.at(MappingLevel::scratchpad)[0].spatial);
  EXPECT_TRUE(layer.at(MappingLevel::array).empty());
}

TEST(Mapping, EveryMistakeInAFileIsNamedWithItsPlace) {
  const std::pair<std::string, std::string> cases[] = {
      {"- 1", "m.yaml:1:1: expected one key, `layers`, with a list of mappings"},
      {"layers: []\nmore: 1", "m.yaml:1:1: expected one key, `layers`, with a list of mappings"},
      {file("    darm: K2\n"),
       "m.yaml:3:5: unknown key 'darm' (known: layer, problem, dram, scratchpad, "
       "accumulator, array); did you mean 'dram'?"},
      {file("    dram: K2 X3\n"),
       "m.yaml:3:11: 'X3': there is no loop 'X' (known: N, K, C, P, Q, R, S)"},
      {file("    dram: K0\n"),
       "m.yaml:3:11: 'K0': expected a loop and its factor, as K16, or K16X across the array"},
      {file("    dram: K\n"),
       "m.yaml:3:11: 'K': expected a loop and its factor, as K16, or K16X across the array"},
      {file("    dram: [K2]\n"), "m.yaml:3:11: expected loops such as \"K16 C32\"; found a list"},
      {file("    dram: K2X\n"),
       "m.yaml:3:11: dram: K2X can't go across the array (allowed: K at scratchpad, across its "
       "columns; C at accumulator, across its rows)"},
      {file("    dram: K2\n    dram: K2\n"), "m.yaml:4:5: duplicate key 'dram' (first on line 3)"},
      {file("    problem: K2\n"),
       "m.yaml:2:5: a mapping says of which layer it is by `layer` or by `problem`"},
      {"layers:\n  - dram: K2\n",
       "m.yaml:2:5: a mapping says of which layer it is by `layer` or by `problem`"},
      {"layers:\n  - layer: a\n  - layer: a\n", "m.yaml:3:5: mapped already on line 2"},
      {"layers:\n  - 3\n", "m.yaml:2:5: expected a layer's mapping; found '3'"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(parse_refusal(text), message) << text;
}

// 8x8 pixels, 3x3 kernel, 64 to 48 channels.
ConvProblem problem() {
  ConvProblem p;
  p.in_h = p.in_w = p.out_h = p.out_w = 8;
  p.group_in = 64;
  p.group_out = 48;
  p.kernel = {3, 3};
  return p;
}

Machine gemmini(const std::vector<std::string>& overrides = {}) {
  return read_machine("gemmini_16x16", overrides, vocabulary());
}

ConvTiling map(const std::string& levels, const Machine& machine = gemmini()) {
  const Mapping mapping = parse_mapping(file(levels), "m.yaml");
  return map_conv(mapping.layers[0], "conv", problem(), machine,
                  {machine.core.scratchpad.capacity.count(), machine.core.accumulator_rows() / 2});
}

constexpr const char* kWhole =
    "    scratchpad: K16X\n    accumulator: K3 S3 R3 C4 Q8 C16X\n    array: P8\n";

TEST(MappedTiling, TilesHaveTheFactorsOfTheLevelsWithin) {
  const ConvTiling t = map(
      "    dram: K3 S3 Q2\n    scratchpad: K16X\n    accumulator: R3 C4 Q4 C16X\n    array: P8\n");
  EXPECT_EQ(t.columns, 16);
  EXPECT_EQ(t.channels, 64);
  EXPECT_EQ(t.height, 4);
  EXPECT_EQ(t.width, 8);
  EXPECT_EQ(t.mapped->taps, (std::array<std::int64_t, 2>{1, 3}));
  EXPECT_EQ(t.mapped->rows, 16);
  EXPECT_EQ(t.slots, 2);
  // S goes around Q: both tiles of an image's rows are open.
  EXPECT_EQ(t.sum_sets, 2);
  EXPECT_EQ(t.input_bytes, 4 * 8 * 64);
}

TEST(MappedTiling, ATileThatFitsOnceIsNotDoubleBuffered) {
  const Machine tight = gemmini({"core.scratchpad.capacity=64KiB"});
  EXPECT_EQ(map(kWhole, tight).slots, 1);
  EXPECT_EQ(map(kWhole).slots, 2);
}

TEST(MappedTiling, WhatCantBeIsSaidWithItsPlaceAndWhatIsAllowed) {
  const std::pair<std::string, std::string> cases[] = {
      {"    scratchpad: K16X\n    accumulator: K2 S3 R3 C4 Q8 C16X\n    array: P8\n",
       "m.yaml:2:5: layer 'conv': the factors of K multiply to 32, the problem has 48"},
      {"    scratchpad: K24X\n    accumulator: K2 S3 R3 C4 Q8 C16X\n    array: P8\n",
       "m.yaml:3:17: layer 'conv': 24 across the array's columns, of which there are 16"},
      {"    scratchpad: K16X\n    accumulator: K3 S3 R3 C2 Q8 C32X\n    array: P8\n",
       "m.yaml:4:18: layer 'conv': 32 across the array's rows, of which there are 16"},
      {"    scratchpad: K16X\n    accumulator: K3 S3 Q8 R3 C4 C16X\n    array: P8\n",
       "m.yaml:4:18: layer 'conv': loop R3 inside of Q8: all of a tile's pixels pass the weights "
       "that the array holds, so that N, P and Q come last"},
      {"    scratchpad: K16X\n    accumulator: K3 S3 R3 Q8 C16X\n    array: C4 P8\n",
       "m.yaml:5:12: layer 'conv': loop C inside the array, which holds weights (allowed: N, P, "
       "Q)"},
  };
  for (const auto& [levels, message] : cases)
    EXPECT_EQ(refusal([&, levels = levels] { map(levels); }), message) << levels;
}

TEST(MappedTiling, TilesThatDontFitSayWhatTheyNeedAndWhatThereIs) {
  EXPECT_EQ(
      refusal([&] { map(kWhole, gemmini({"core.scratchpad.capacity=32KiB"})); }),
      "m.yaml:2:5: layer 'conv': a tile needs 34.5 KiB of scratchpad (weights 27.5 KiB, input "
      "4.0 KiB, output 3.0 KiB, residual 0.0 KiB); machine 'gemmini_16x16' has 32.0 KiB for "
      "it");
  EXPECT_EQ(refusal([&] { map(kWhole, gemmini({"core.accumulator.capacity=8KiB"})); }),
            "m.yaml:2:5: layer 'conv': 1 tile(s) of sums that are open at a time need 192 "
            "accumulator rows, 192 each; machine 'gemmini_16x16' has 128");
  const std::string open =
      "    dram: C4 K3\n    scratchpad: K16X\n    accumulator: S3 R3 Q8 C16X\n    array: P8\n";
  EXPECT_EQ(refusal([&] { map(open, gemmini({"core.accumulator.capacity=8KiB"})); }),
            "m.yaml:2:5: layer 'conv': 3 tile(s) of sums that are open at a time need 192 "
            "accumulator rows, 64 each; machine 'gemmini_16x16' has 128");
}

TEST(MappedTiling, LayersThatMappingsCantDescribeAreRefused) {
  const Machine machine = gemmini({"core.datapath.overflow=saturate"});
  EXPECT_THAT(refusal([&] { map(kWhole, machine); }),
              HasSubstr("layer 'conv': it can't be mapped: its sums saturate, so that their order "
                        "counts"));
  EXPECT_THAT(refusal([&] { map(kWhole, gemmini({"core.count=2"})); }),
              HasSubstr("it can't be mapped: the machine has several cores"));
}

}  // namespace
}  // namespace systolith
