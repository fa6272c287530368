// The array and its weight planes against hand counts on a 4x4 machine.
#include <gtest/gtest.h>

#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

// A Preload and a Matmul of m rows, `tiles` times.
Program tiles_of(const Machine& machine, int tiles, std::int32_t m) {
  ProgramBuilder build(machine);
  for (int i = 0; i < tiles; ++i) {
    build.add(preload(0, 4, 4));
    build.add(matmul(1024, m, 4, 4));
  }
  return build.program();
}

TEST(ArrayTiming, ALoadTakesFourCyclesAndATileOfFiveRowsElevenMore) {
  const Machine machine = small_machine();
  const Recorder seen = lives_of(machine, tiles_of(machine, 1, 5));
  // Fetched in cycle 0, queued at 1; 4 rows of weights; M + R + C - 2 = 11.
  EXPECT_EQ(seen.lives[0].start, Cycles(1));
  EXPECT_EQ(seen.lives[0].finish, Cycles(5));
  EXPECT_EQ(seen.lives[1].start, Cycles(5));
  EXPECT_EQ(seen.lives[1].finish, Cycles(16));
}

TEST(ArrayTiming, ATransposerIsFilledBeforeTheFirstOfATileLeavesIt) {
  const Machine machine = small_machine();
  ProgramBuilder build(machine);
  Preload columns = preload(0, 4, 4);
  columns.transposed = true;
  build.add(columns);
  Matmul taps = matmul(1024, 4, 4, 4);  // a 4 x 4 block of pixels by channels
  taps.feed.transposed = true;
  taps.feed.channels = 5;
  build.add(taps);
  const Recorder seen = lives_of(machine, build.program());
  // 4 columns in, then 4 rows of weights; M + R + C - 2 = 11 with M = 5, behind 4 pixels.
  EXPECT_EQ(seen.lives[0].finish - seen.lives[0].start, Cycles(8));
  EXPECT_EQ(seen.lives[1].finish - seen.lives[1].start, Cycles(15));
}

TEST(ArrayTiming, TilesFollowEveryMaxOfStreamAndLoad) {
  const Machine machine = small_machine();
  for (const std::int32_t m : {1, 3, 4, 5, 9}) {
    const Recorder seen = lives_of(machine, tiles_of(machine, 8, m));
    for (std::size_t i = 3; i + 1 < 8; ++i)
      EXPECT_EQ(seen.lives[2 * i + 3].start - seen.lives[2 * i + 1].start, Cycles(std::max(m, 4)))
          << "m=" << m << " tile " << i;
  }
}

TEST(ArrayTiming, ThroughAChainTilesFollowEveryMaxOfStreamAndTwiceTheRowsLessOne) {
  Machine machine = small_machine();
  machine.core.array.weight_load = "chain";
  for (const std::int32_t m : {1, 4, 6, 7, 9}) {
    const Recorder seen = lives_of(machine, tiles_of(machine, 8, m));
    for (std::size_t i = 3; i + 1 < 8; ++i)
      EXPECT_EQ(seen.lives[2 * i + 3].start - seen.lives[2 * i + 1].start, Cycles(std::max(m, 7)))
          << "m=" << m << " tile " << i;
  }
}

TEST(ArrayTiming, AStreamWaitsForTheTransposersRowsAheadOfIt) {
  const Machine machine = small_machine();
  ProgramBuilder build(machine);
  build.add(preload(0, 4, 4));
  Matmul taps = matmul(1024, 4, 4, 4);
  taps.feed.transposed = true;
  taps.feed.channels = 5;  // rows
  build.add(taps);
  Matmul next = matmul(1024, 6, 4, 4);
  next.new_weights = false;
  build.add(next);
  const Recorder seen = lives_of(machine, build.program());
  EXPECT_EQ(seen.lives[2].start - seen.lives[1].start, Cycles(5 + 4));
}

TEST(ArrayTiming, AnArrayThatHoldsItsSumsTakesNoWeightsToHold) {
  Machine machine = small_machine();
  machine.core.array.dataflow = {"output_stationary"};
  EXPECT_THROW(run(machine, tiles_of(machine, 1, 5)), UserError);
}

TEST(ArrayTiming, ASinglePlaneIsLoadedOnlyAfterTheDrain) {
  Machine machine = small_machine();
  machine.core.array.weight_buffers = 1;
  const Recorder seen = lives_of(machine, tiles_of(machine, 2, 5));
  EXPECT_EQ(seen.lives[2].start, seen.lives[1].finish);
  EXPECT_EQ(seen.lives[3].start, seen.lives[2].finish);
}

TEST(ArrayTiming, KeptWeightsStreamBackToBackWhileTheEarlierTileDrains) {
  const Machine machine = small_machine();
  ProgramBuilder build(machine);
  build.add(preload(0, 4, 4));
  build.add(matmul(1024, 6, 4, 4));
  Matmul again = matmul(1024, 6, 4, 4);
  again.new_weights = false;
  build.add(again);
  const Recorder seen = lives_of(machine, build.program());
  EXPECT_EQ(seen.lives[2].start - seen.lives[1].start, Cycles(6));
}

TEST(ArrayTiming, EveryCycleHasOneCause) {
  const Machine machine = small_machine();
  const RunResult result = run(machine, tiles_of(machine, 1, 5));
  const Activity& array = activity(result, "core0.array");
  EXPECT_EQ(result.total_cycles, Cycles(16));
  EXPECT_EQ(array.spent(Cause::busy), Cycles(5));
  EXPECT_EQ(array.spent(Cause::fill_drain), Cycles(6));
  EXPECT_EQ(array.spent(Cause::weight_load), Cycles(3));  // cycles 2..4: it has its command at 2
  EXPECT_EQ(array.spent(Cause::idle), Cycles(2));
  EXPECT_EQ(activity(result, "core0.weights").spent(Cause::busy), Cycles(4));
}

}  // namespace
}  // namespace systolith
