// What a saturated stream costs, against published figures for a whole transfer:
//   Jouppi et al., "Ten Lessons From Three Generations Shaped Google's TPUv4i", ISCA 2021, table 2:
//     64 bits from DDR3/4 1300 pJ, from HBM2 250 to 450 pJ
//   Micron, "Ultra-Bandwidth Solutions": average device power of GDDR6 7.5 pJ a bit, HBM2E 6.0
//   O'Connor et al., "Fine-Grained DRAM", MICRO 2017: HBM2 3.92 pJ a bit
// Jouppi's DDR figure includes the data bus (I/O, termination) and the controller, which the core
// currents of DDR data sheets leave out: less than it, but not by more than a factor of three.
#include <gtest/gtest.h>

#include "hw/dram/dram_replay.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

double picojoules_per_bit(const char* standard) {
  constexpr std::int64_t kBursts = 200'000;
  const DramConfig dram = dram_config(standard);
  std::int64_t next = 0;
  const ReplayReport report = DramReplay(dram, 64).run([&](TraceRequest& request) {
    request = {static_cast<std::uint64_t>(next * dram.burst().count()), false, {}};
    return next++ < kBursts;
  });
  double sum = 0;
  for (const DramEnergy& part : dram_energy(report.counters.events(), dram.facts.picojoules))
    sum += part.picojoules;
  return sum / static_cast<double>(kBursts * dram.burst().count() * 8);
}

TEST(DramEnergyPublished, DdrIsBelowJouppisWholeTransfer) {
  for (const char* standard : {"ddr3_1600", "ddr3_2133", "ddr4_2400", "ddr4_3200"}) {
    const double word = 64 * picojoules_per_bit(standard);
    EXPECT_GT(word, 1300 / 3.0) << standard;
    EXPECT_LT(word, 1300) << standard;
  }
}

TEST(DramEnergyPublished, Hbm2IsWithinJouppisRange) {
  const double word = 64 * picojoules_per_bit("hbm2_2000");
  EXPECT_GT(word, 250);
  EXPECT_LT(word, 450);
  EXPECT_NEAR(word / (64 * 3.92), 1, 0.5);  // O'Connor: modelled, where the currents are measured
}

TEST(DramEnergyPublished, Gddr6AndHbm2eAreNearMicronsDevicePower) {
  EXPECT_NEAR(picojoules_per_bit("gddr6_14000"), 7.5, 0.1 * 7.5);  // derived from it
  EXPECT_NEAR(picojoules_per_bit("hbm2e_3200"), 6.0, 0.2 * 6.0);   // not
}

TEST(DramEnergyPublished, EachGenerationCostsLessThanTheOneBefore) {
  const auto falls = [](const char* before, const char* after) {
    EXPECT_LT(picojoules_per_bit(after), picojoules_per_bit(before)) << before << " " << after;
  };
  falls("ddr3_1600", "ddr4_2400");
  falls("ddr4_3200", "ddr5_4800");
  falls("lpddr4_3200", "lpddr5_6400");
  falls("ddr4_3200", "hbm2_2000");
}

}  // namespace
}  // namespace systolith
