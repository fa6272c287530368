// What a sub-array has of its core, by hand, and what the logical cores are called.
#include "hw/arch/sub_arrays.h"

#include <gtest/gtest.h>

#include "hw/arch/logical_cores.h"
#include "tests/unit/hw_arch/test_vocabulary.h"

namespace systolith {
namespace {

Machine divided(const std::string& partition) {
  return parse_machine("{}", "m.yaml", {"core.array.partition=" + partition, "core.count=2"},
                       test_vocabulary());
}

TEST(SubArrays, AGridGoesRowByRow) {
  const std::vector<SubArray> parts = parse_grid("2x4", {});
  ASSERT_EQ(parts.size(), 8U);
  EXPECT_EQ(parts[1].row, 0);
  EXPECT_EQ(parts[1].col, 8);
  EXPECT_EQ(parts[4].row, 16);
  EXPECT_EQ(parts[4].col, 0);
  EXPECT_EQ(parts[7].rows, 16);
  EXPECT_EQ(parts[7].cols, 8);
  EXPECT_TRUE(parse_grid("1x1", {}).empty());
}

// 512 KiB in 16 banks, 32 lanes, 1024 rows of accumulators in 2 banks, 64 bursts, 64 B ports.
TEST(SubArrays, AnUpperHalfHasHalfOfItsCore) {
  const CoreConfig core = logical_core(divided("2x1"), 0).config;
  EXPECT_EQ(core.count, 1);
  EXPECT_EQ(core.array.rows, 16);
  EXPECT_EQ(core.array.cols, 32);
  EXPECT_EQ(core.scratchpad.capacity, kibibytes(256));
  EXPECT_EQ(core.scratchpad.banks, 8);
  EXPECT_EQ(core.vector.lanes, 16);
  EXPECT_EQ(core.accumulator.banks, 1);
  EXPECT_EQ(core.accumulator_rows(), 512);
  EXPECT_EQ(core.dma.channels, 1);
  EXPECT_EQ(core.dma.outstanding, 32);
  EXPECT_EQ(core.dma.width, Bytes(32));
  EXPECT_TRUE(core.array.partition.empty());
}

// The columns' accumulators are below them: side by side nobody's become fewer or shallower.
TEST(SubArrays, ALeftHalfHasItsColumnsAccumulators) {
  const CoreConfig core = logical_core(divided("1x2"), 0).config;
  EXPECT_EQ(core.accumulator.banks, 2);
  EXPECT_EQ(core.accumulator_rows(), 1024);
  EXPECT_EQ(core.accumulator.capacity, kibibytes(64));
}

TEST(SubArrays, LanesAreAsLongAsThePesAroundAreMany) {
  const Machine machine = divided("[{row: 8, col: 16, rows: 16, cols: 16, share: 1/2}]");
  const BypassLanes lanes = logical_core(machine, 0).config.array.lanes;
  EXPECT_EQ(lanes.left, 16);
  EXPECT_EQ(lanes.above, 8);
  EXPECT_EQ(lanes.below, 8);
}

TEST(SubArrays, AGivenShareTakesThePlaceOfThatOfThePes) {
  const Machine machine = divided("[{rows: 16, cols: 24, share: 1/2}]");
  EXPECT_EQ(logical_core(machine, 0).config.scratchpad.banks, 8);
  EXPECT_EQ(processing_elements(machine), 2 * 16 * 24);
}

TEST(LogicalCores, AreNumberedCoreByCore) {
  std::vector<std::string> numbers;
  for (const LogicalCore& core : logical_cores(divided("2x1"))) numbers.push_back(core.number);
  EXPECT_EQ(numbers, (std::vector<std::string>{"0.0", "0.1", "1.0", "1.1"}));
  numbers.clear();
  for (const LogicalCore& core : logical_cores(divided("[]"))) numbers.push_back(core.number);
  EXPECT_EQ(numbers, (std::vector<std::string>{"0", "1"}));
}

TEST(LogicalCores, SubArraysThatAreAlikeTakeTheProgramsOfSuchCores) {
  const Machine cores = parse_machine(
      "core: {count: 4, array: {cols: 16}, scratchpad: {capacity: 256KiB, banks: 8},\n"
      "       accumulator: {capacity: 64KiB}}",
      "m.yaml", {}, test_vocabulary());
  EXPECT_EQ(program_fingerprint(divided("1x2")), program_fingerprint(cores));
  EXPECT_NE(program_fingerprint(divided("1x2")), program_fingerprint(divided("2x1")));
  EXPECT_EQ(program_fingerprint(divided("[]")), program_fingerprint(divided("1x1")));
}

TEST(LogicalCores, OneProgramForSubArraysThatDifferIsRefused) {
  const Machine machine =
      divided("[{rows: 16, cols: 32}, {row: 16, rows: 16, cols: 16, share: 1/2}]");
  try {
    logical_machine(machine);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(
        std::string(error.what()).substr(0, 115),
        "the sub-arrays of machine 'machine' differ: core0.0 is 16 x 32 with 1/2 of its core, "
        "core0.1 is 16 x 16 with 1/2 of");
  }
  EXPECT_NE(program_fingerprint(machine), program_fingerprint(divided("2x1")));
}

}  // namespace
}  // namespace systolith
