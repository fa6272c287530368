// Estimated areas against published floor plans.
//   TPU v1 (Jouppi et al., ISCA 2017, figure 2), 28 nm, at most 331 mm2: unified buffer 29 % of the
//     die, matrix unit 24 %, accumulators 6 %. No figure of the tables is from it; that there are
//     layout factors at all, from another chip, is because unscaled cells missed it about fourfold.
//   Gemmini (Genc et al., DAC 2021), Intel 22FFL: 16x16 array 116,000 um2, 256 KiB scratchpad
//     544,000, 64 KiB accumulator 146,000. The tables' layout factors come from the first two; the
//     third is independent.
// A first-order estimate: ratios of parts hold within half, not to a digit.
#include <gtest/gtest.h>

#include "sim/report/area.h"
#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

double of(const char* preset, const char* name, const std::vector<std::string>& overrides = {}) {
  const Machine machine = read_machine(preset, overrides, vocabulary());
  for (const AreaComponent& part : area_of(machine).components)
    if (part.name == name) return part.square_mm;
  ADD_FAILURE() << preset << " has no " << name;
  return 0;
}

TEST(AreaPublished, TpuV1sUnifiedBufferIsLargerThanItsMatrixUnitByTheFloorPlansRatio) {
  EXPECT_NEAR(of("tpu_v1", "scratchpad") / of("tpu_v1", "array") / (0.29 / 0.24), 1, 0.5);
  EXPECT_GT(of("tpu_v1", "scratchpad"), of("tpu_v1", "array"));
}

TEST(AreaPublished, TpuV1sAccumulatorsAreTheFloorPlansPartOfItsUnifiedBuffer) {
  EXPECT_NEAR(of("tpu_v1", "accumulator") / of("tpu_v1", "scratchpad") / (0.06 / 0.29), 1, 0.25);
}

// By the area of a 6T cell in 45 nm (0.346 um2) and in TSMC's 28 nm (0.127).
TEST(AreaPublished, TpuV1sUnifiedBufferShrunkTo28NanometresIsThatOfTheDie) {
  EXPECT_NEAR(of("tpu_v1", "scratchpad") * 0.127 / 0.346 / (0.29 * 331), 1, 0.25);
}

TEST(AreaPublished, GemminisPartsHaveTheirPublishedProportions) {
  const std::vector<std::string> kAsShipped = {"core.scratchpad.capacity=256KiB",
                                               "core.accumulator.capacity=64KiB"};
  const double array = of("gemmini_16x16", "array", kAsShipped),
               scratchpad = of("gemmini_16x16", "scratchpad", kAsShipped);
  EXPECT_NEAR(scratchpad / array / (544.0 / 116), 1, 0.02);  // what the factors come from
  EXPECT_NEAR(of("gemmini_16x16", "accumulator", kAsShipped) / scratchpad / (146.0 / 544), 1, 0.1);
}

}  // namespace
}  // namespace systolith
