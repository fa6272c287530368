// Gemmini's RTL against its preset: layers that DOSA (Hong et al., "DOSA: Differentiable
// Model-Based One-Loop Search for DNN Accelerators", MICRO 2023) ran in FireSim on a 16x16 int8
// array, from the artifact, github.com/ucb-bar/gemmini-rocc-tests, branch dosa: BERT and RetinaNet,
// cycles with the mapping given here and with Gemmini's own tiler. replay.py beside this file runs
// all rows.
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "hw/arch/read_machine.h"
#include "models/zoo/zoo.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

struct Measured {
  const char* workload;
  const char* mapping;
  double with_mapping, with_tiler;
  double tolerance;  // of the replay
};

// In the words of the artifact, level by level: DRAM, scratchpad, accumulator, array.
constexpr Measured kLayers[] = {
    {"gemm:m=128,k=768,n=768", "K6 | K16X | K8 C48 P4 C16X | P32", 305870, 345931, 0.02},
    // All of its sums stay open: C goes around K.
    {"gemm:m=128,k=3072,n=768", "C3 K6 | K16X | K8 C64 P16 C16X | P8", 1192768, 1518059, 0.02},
    // Products of four rows: what five of them in flight allow.
    {"conv:in=512,out=256,size=28,kernel=1", "P7 | K16X | K16 C32 Q7 C16X | Q4 P4", 779446, 1096338,
     0.05},
    {"conv:in=256,out=256,size=28,kernel=3", "K16 | K16X | S3 R3 C16 Q2 P7 C16X | Q14 P4", 1858028,
     2424288, 0.03},
    {"conv:in=256,out=256,size=14,kernel=3", "K2 S3 | K16X | K8 R3 C16 P14 C16X | Q14", 479355,
     689492, 0.05},
    {"conv:in=256,out=720,size=7,kernel=3", "K3 S3 | K16X | K15 R3 C16 Q7 C16X | P7", 441510,
     566267, 0.10},
    {"conv:in=256,out=256,size=4,kernel=1", "N1 | K16X | K16 C16 P4 C16X | Q4", 14170, 22740, 0.10},
};

std::string file_of(const Measured& layer) {
  std::string text = "layers:\n  - layer: ";
  text += std::string(layer.workload).substr(0, 4) + "\n";
  std::string levels = layer.mapping;
  for (const char* level : kMappingLevels) {
    const std::size_t end = levels.find(" | ");
    text += fmt::format("    {}: {}\n", level, levels.substr(0, end));
    if (end != std::string::npos) levels = levels.substr(end + 3);
  }
  return text;
}

double cycles(const Measured& layer, const Machine& machine, const Mapping& mapping) {
  CompileOptions options;
  options.quantize_outputs = true;
  options.mapping = mapping;
  const Compiled compiled = compile(build_zoo(parse_zoo_spec(layer.workload)), machine, options);
  ProgramSource source(compiled.program);
  return static_cast<double>(simulate(machine, source, {}, {}).total_cycles.count());
}

TEST(Gemmini, ReplayedMappingsTakeTheCyclesOfItsRtl) {
  const Machine machine = read_machine("gemmini_16x16", {}, vocabulary());
  for (const Measured& layer : kLayers)
    EXPECT_NEAR(cycles(layer, machine, parse_mapping(file_of(layer), "m.yaml")), layer.with_mapping,
                layer.tolerance * layer.with_mapping)
        << layer.workload;
}

TEST(Gemmini, OurMapperIsNoSlowerThanItsTilerInItsMemories) {
  const Machine machine = read_machine(
      "gemmini_16x16", {"core.scratchpad.capacity=256KiB", "core.accumulator.capacity=64KiB"},
      vocabulary());
  for (const Measured& layer : kLayers)
    EXPECT_LE(cycles(layer, machine, {}), layer.with_tiler) << layer.workload;
}

}  // namespace
}  // namespace systolith
