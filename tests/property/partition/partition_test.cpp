// Which laws hold for every partition of an array, and what does a sub-array do that a core with
// such an array and such shares would not?
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "hw/arch/logical_cores.h"
#include "hw/arch/read_machine.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"
#include "tests/property/partition/random_partition.h"

namespace systolith {
namespace {

using testing::Draw;
using testing::RandomPartition;

TEST(Partition, SharesNeverComeToMoreThanTheCore) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Draw draw(seed);
    const std::string yaml = RandomPartition(draw).yaml();
    const Machine machine = parse_machine(yaml, "m.yaml", {}, vocabulary());
    const CoreConfig& core = machine.core;
    std::int64_t pes = 0, capacity = 0, banks = 0, lanes = 0, sums = 0, channels = 0, bursts = 0,
                 width = 0;
    for (const LogicalCore& part : logical_cores(machine)) {
      const CoreConfig& own = part.config;
      pes += own.array.rows * own.array.cols;
      capacity += own.scratchpad.capacity.count();
      banks += own.scratchpad.banks;
      lanes += own.vector.lanes;
      sums += own.accumulator.capacity.count();
      channels += own.dma.channels;
      bursts += own.dma.outstanding;
      width += own.dma.width.value().count();
      EXPECT_EQ(own.scratchpad.width, core.scratchpad.width);
    }
    EXPECT_EQ(pes, processing_elements(machine));
    EXPECT_LE(pes, core.array.rows * core.array.cols) << yaml;
    EXPECT_LE(capacity, core.scratchpad.capacity.count()) << yaml;
    EXPECT_LE(banks, core.scratchpad.banks) << yaml;
    EXPECT_LE(lanes, core.vector.lanes) << yaml;
    EXPECT_LE(sums, core.accumulator.capacity.count()) << yaml;
    EXPECT_LE(channels, core.dma.channels) << yaml;
    EXPECT_LE(bursts, core.dma.outstanding) << yaml;
    EXPECT_LE(width, machine.interconnect.width.count()) << yaml;
  }
}

RunResult run(const Machine& machine, const Graph& graph) {
  const Compiled compiled = compile(graph, machine, {});
  ProgramSource source(compiled.program);
  return simulate(machine, source, {}, {});
}

Machine machine_with(std::vector<std::string> set) {
  return parse_machine("{}", "m.yaml", set, vocabulary());
}

TEST(Partition, TheProductsAreThoseOfTheWholeArray) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Draw draw(seed);
    const Graph graph = testing::random_network(draw);
    const std::int64_t macs = run(machine_with({}), graph).macs;
    for (const char* grid : {"2x1", "1x2"}) {
      const RunResult result =
          run(machine_with({fmt::format("core.array.partition={}", grid)}), graph);
      EXPECT_EQ(result.macs, macs) << grid << " seed " << seed;
    }
  }
}

// Written out, not computed by what is tested: a left half whose lanes are of no length.
TEST(Partition, ASubArrayAtTheEdgesIsTimedAsACoreWithThatArrayAndThoseShares) {
  const Machine part = machine_with({"core.array.partition=[{rows: 32, cols: 16}]"});
  const Machine core = machine_with({"core.array.cols=16", "core.scratchpad.capacity=256KiB",
                                     "core.scratchpad.banks=8", "core.vector.lanes=16",
                                     "core.accumulator.capacity=64KiB", "core.dma.channels=1",
                                     "core.dma.outstanding=32", "core.dma.width=32B"});
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Draw draw(seed);
    const Graph graph = testing::random_network(draw);
    const RunResult a = run(part, graph), b = run(core, graph);
    EXPECT_EQ(a.total_cycles, b.total_cycles) << seed;
    EXPECT_EQ(a.dram.requests, b.dram.requests) << seed;
    ASSERT_EQ(a.engines.size(), b.engines.size());
    EXPECT_EQ(a.engines[0].name, "core0.0.command_processor");
    EXPECT_EQ(b.engines[0].name, "core0.command_processor");
    for (std::size_t i = 0; i < a.engines.size(); ++i)
      EXPECT_EQ(a.engines[i].activity.spent(Cause::busy), b.engines[i].activity.spent(Cause::busy))
          << a.engines[i].name;
  }
}

// One tile of 16 x 16 weights and one row: nothing hides the way, which is seen once.
TEST(Partition, ASubArrayInTheMiddleComesLaterByTheLengthOfItsLanes) {
  const auto cycles = [](const char* place) {
    const Machine machine = machine_with(
        {fmt::format("core.array.partition=[{{{}, rows: 16, cols: 16, share: 1/2}}]", place)});
    Graph graph;
    graph.inputs.push_back({"x", DataType::float32, {1, 16}});
    Tensor weights{DataType::float32, {16, 16}, std::vector<float>(256, 0.5F), {}};
    graph.constants.emplace("w", weights);
    graph.nodes.push_back({"product", "MatMul", {"x", "w"}, {"y"}, {}});
    graph.outputs = {"y"};
    sort(graph);
    infer_shapes(graph);
    return run(machine, graph).total_cycles;
  };
  const Cycles corner = cycles("row: 16, col: 0");  // 16 above, none below
  EXPECT_EQ(cycles("row: 0, col: 0"), corner);      // none above, 16 below
  EXPECT_EQ(cycles("row: 16, col: 16"), corner);    // both ways in are as long
  EXPECT_EQ(cycles("row: 0, col: 16"), corner + Cycles(16));
  EXPECT_EQ(cycles("row: 8, col: 4"), corner);
}

// The closed form is checked against every PE at every edge in such a run.
TEST(Partition, EveryPeSteppedGivesTheSameTime) {
  Draw draw(3);
  const Graph graph = testing::random_network(draw);
  for (const char* grid : {"2x1", "1x2"}) {
    const std::string set = fmt::format("core.array.partition={}", grid);
    EXPECT_EQ(run(machine_with({set}), graph).total_cycles,
              run(machine_with({set, "core.array.detail=pe"}), graph).total_cycles);
  }
}

}  // namespace
}  // namespace systolith
