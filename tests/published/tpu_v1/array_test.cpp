// Google's first TPU against what is published of it: Jouppi et al., "In-Datacenter Performance
// Analysis of a Tensor Processing Unit", ISCA 2017. Weight memory 34 GB/s; a tile of 256 x 256
// weights is 64 KiB and shifts in within 256 cycles of 700 MHz; mixed 8- and 16-bit operands run at
// half speed, 16-bit ones at a quarter.
#include <gtest/gtest.h>

#include "hw/arch/read_machine.h"
#include "sim/system/vocabulary.h"
#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

constexpr std::int64_t kTile = 256 * 256;

Machine tpu() { return read_machine("tpu_v1", {}, vocabulary()); }

// Weight tiles brought one behind the other.
TEST(TpuV1, ATileComesFromWeightMemoryEvery1349Cycles) {
  constexpr std::int64_t kTiles = 65;
  const Machine machine = tpu();
  ProgramBuilder build(machine);
  for (std::int64_t i = 0; i < kTiles; ++i)
    build.add(transfer<Load>(static_cast<std::uint64_t>(i * kTile),
                             static_cast<std::uint64_t>(i % 4 * kTile), kTile));
  const Recorder seen = lives_of(machine, build.program());
  const Cycles all = seen.lives.back().finish - seen.lives.front().finish;
  // 65,536 B / 34 GB/s x 700 MHz
  EXPECT_NEAR(static_cast<double>(all.count()) / (kTiles - 1), 1349, 1);
}

TEST(TpuV1, ATileShiftsInWithin256Cycles) {
  const Machine machine = tpu();
  ProgramBuilder build(machine);
  build.add(preload(0, 256, 256));
  build.add(matmul(kTile, 1, 256, 256));
  const Recorder seen = lives_of(machine, build.program());
  EXPECT_EQ(seen.lives[0].finish - seen.lives[0].start, Cycles(256));
}

// Cycles from one Matmul of 100 rows to the next.
std::int64_t period(Format activations, Format weights) {
  constexpr std::int32_t kRows = 100;
  const Machine machine = tpu();
  ProgramBuilder build(machine);
  Preload tile = preload(0, 256, 256);
  tile.row_stride = 256 * bytes_of(weights);
  tile.format = weights;
  tile.against = activations;
  build.add(tile);
  Matmul op = matmul(4 * kTile, kRows, 256, 256);
  op.feed.pixel_stride = 256 * bytes_of(activations);
  op.format = activations;
  build.add(op);
  op.new_weights = false;
  build.add(op);
  const Recorder seen = lives_of(machine, build.program());
  return (seen.lives[2].start - seen.lives[1].start).count();
}

TEST(TpuV1, MixedOperandsRunAtHalfAndSixteenBitOnesAtAQuarterOfTheRate) {
  EXPECT_EQ(period(Format::int8, Format::int8), 100);
  EXPECT_EQ(period(Format::int16, Format::int8), 200);
  EXPECT_EQ(period(Format::int8, Format::int16), 200);
  EXPECT_EQ(period(Format::int16, Format::int16), 400);
}

}  // namespace
}  // namespace systolith
