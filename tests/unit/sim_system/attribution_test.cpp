// Who waits for a DMA engine waits for what that waits for, to the cycle.
#include <gtest/gtest.h>

#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

constexpr std::array kOfMemory = {Cause::row_miss,     Cause::refresh,    Cause::write_drain,
                                  Cause::dram_queue,   Cause::level_bank, Cause::level_miss,
                                  Cause::bank_conflict};

// `bursts` of 64 bytes, so far apart in DRAM; the weights and the product wait for the last one.
RunResult wait_for_load(const Machine& machine, std::int64_t bursts, std::int64_t apart) {
  ProgramBuilder build(machine);
  Load load = transfer<Load>(0, 0, 64);
  load.loops[0] = {bursts, apart, 64};
  const CommandRef loaded = build.add(load);
  const CommandRef weights = build.add(preload(0, 4, 4), {loaded});
  build.add(matmul(64, 8, 4, 4), {weights});
  return run(machine, build.program());
}

void expect_taken_over(const RunResult& result) {
  const Activity& load = activity(result, "core0.load");
  for (const char* engine : {"core0.weights", "core0.array"}) {
    const Activity& waiting = activity(result, engine);
    for (const Cause cause : kOfMemory)
      EXPECT_EQ(waiting.spent(cause), load.spent(cause)) << engine << " " << to_string(cause);
    // It is there when the load has begun: what that did before is not its.
    const Cycles of_load =
        load.spent(Cause::dram) + load.spent(Cause::interconnect) + load.spent(Cause::busy);
    const Cycles of_it = waiting.spent(Cause::dram) + waiting.spent(Cause::interconnect);
    EXPECT_LE(of_it, of_load) << engine;
    EXPECT_GE(of_it + Cycles(4), of_load) << engine;
  }
}

TEST(Attribution, TheArrayThatWaitsForALoadWaitsForRows) {
  Machine machine = small_machine();
  machine.core.dma.outstanding = 1;
  machine.dram.mapping = "row:bank:bankgroup:column:channel";
  const RunResult result = wait_for_load(machine, 400, 1 << 17);  // rows of one bank
  EXPECT_GT(activity(result, "core0.array").spent(Cause::row_miss), Cycles(1000));
  expect_taken_over(result);
}

TEST(Attribution, WaitsForALevelSayWhich) {
  for (const std::uint32_t slow : {0U, 1U}) {
    Machine machine = small_machine();
    for (const std::uint32_t number : {0U, 1U}) {
      LevelConfig level;
      level.name = number == 0 ? "near" : "far";
      level.kind = "cache";
      level.capacity = kibibytes(64);
      level.mshrs = number == slow ? 1 : 64;
      machine.memory.push_back(level);
    }
    const RunResult result = wait_for_load(machine, 200, 64);
    expect_taken_over(result);
    const Activity& array = activity(result, "core0.array");
    EXPECT_GT(array.spent_at({Cause::level_miss, slow}), Cycles(1000));
    EXPECT_EQ(array.spent_at({Cause::level_miss, slow}), array.spent(Cause::level_miss));
    EXPECT_EQ(array.spent_at({Cause::level_miss, 1 - slow}), Cycles(0));
  }
}

}  // namespace
}  // namespace systolith
