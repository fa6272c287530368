#include "sim/report/report.h"

#include <gtest/gtest.h>

#include "fixture.h"

namespace systolith {
namespace {

using report_test::small_report;

TEST(Report, UtilizationIsMacsOverWhatAllProcessingElementsCouldHaveDone) {
  const Report report = small_report();
  EXPECT_DOUBLE_EQ(report.array_utilization, 800.0 / (100 * 16));
  EXPECT_DOUBLE_EQ(report.layers[0].utilization, 640.0 / (60 * 16));
  EXPECT_DOUBLE_EQ(report.layers[1].utilization, 160.0 / (40 * 16));
}

TEST(Report, UtilizationCountsTheArraysOfAllCores) {
  Machine machine = report_test::small_machine();
  machine.core.count = 4;
  const Report report =
      make_report(machine, report_test::two_layers(), report_test::hundred_cycles());
  EXPECT_DOUBLE_EQ(report.array_utilization, 800.0 / (100 * 64));
}

TEST(Report, BandwidthFractionIsBytesMovedOverBytesThePinsCouldMove) {
  EXPECT_DOUBLE_EQ(small_report().bandwidth_fraction, 400.0 / (100 * 8));
}

TEST(Report, EnergyIsEventsTimesPriceAndPowerIsEnergyOverTime) {
  const EnergyReport energy = small_report().energy;
  const EnergyComponent expected[] = {
      {"mac_int8", 800, 400},
      {"level_access", 50, 5000},
      {"dram_activate", 3, 300},
      {"dram_read", 5, 100},
      {"dram_write", 1, 30},
      {"dram_refresh", 1 + 2, 1000 + 2 * 50},
      {"dram_background", 100, 60 * 2 + 40 * 1},
  };
  ASSERT_EQ(energy.components.size(), std::size(expected));
  double sum = 0;
  for (std::size_t i = 0; i < energy.components.size(); ++i) {
    EXPECT_EQ(energy.components[i].name, expected[i].name);
    EXPECT_EQ(energy.components[i].events, expected[i].events);
    EXPECT_DOUBLE_EQ(energy.components[i].picojoules, expected[i].picojoules);
    sum += energy.components[i].picojoules;
  }
  EXPECT_DOUBLE_EQ(energy.total_picojoules, sum);
  EXPECT_DOUBLE_EQ(energy.total_picojoules, 7090);
  EXPECT_DOUBLE_EQ(energy.average_watts, 7090e-12 / 100e-9);
}

TEST(Report, OfAPlugInsDramThereIsNoEnergy) {
  Machine machine = report_test::small_machine();
  machine.dram.plugin = "./libmemory.so";
  const Report report =
      make_report(machine, report_test::two_layers(), report_test::hundred_cycles());
  EXPECT_EQ(report.energy.components.size(), 2U);
  EXPECT_DOUBLE_EQ(report.energy.total_picojoules, 5400);
}

TEST(Report, AnEventThatNothingPricesIsABug) {
  RunResult result = report_test::hundred_cycles();
  result.events["warp_drive"] = 1;
  EXPECT_THROW(make_report(report_test::small_machine(), report_test::two_layers(), result),
               InternalError);
}

TEST(Roofline, ALayerLiesUnderTheRoofOfWhatTakesLongest) {
  RunResult result = report_test::hundred_cycles();
  result.layers[0].moved = {6400, {}, 320};  // of 64 bytes x 16 banks, and of 8 a nanosecond
  result.layers[1].moved = {64, {}, 8};
  Machine machine = report_test::small_machine();
  machine.core.scratchpad.banks = 16;
  machine.core.scratchpad.width = Bytes(64);
  const Roofline roof = make_report(machine, report_test::two_layers(), result).roofline;
  using Roofs = std::vector<std::pair<std::string, double>>;
  EXPECT_EQ(roof.compute_roofs, (Roofs{{"int8", 16e9}}));
  EXPECT_EQ(roof.memory_roofs, (Roofs{{"scratchpad", 1024e9}, {"dram", 8e9}}));
  ASSERT_EQ(roof.layers.size(), 2U);
  EXPECT_EQ(roof.layers[0].bytes, (std::vector<std::int64_t>{6400, 320}));
  EXPECT_EQ(roof.layers[0].bound, "compute");  // 40 ns for 640 MACs, as long as for 320 bytes
  EXPECT_NEAR(roof.layers[0].attainable, 16e9, 1);
  EXPECT_NEAR(roof.layers[0].achieved, 640 / 60e-9, 1);
  result.layers[0].moved.dram = 640;
  const Roofline bound = make_report(machine, report_test::two_layers(), result).roofline;
  EXPECT_EQ(bound.layers[0].bound, "dram");
  EXPECT_NEAR(bound.layers[0].attainable, 8e9, 1);
  EXPECT_EQ(bound.layers[1].bound, "compute");
}

TEST(Roofline, BelowTheRidgeTheMemoryRoofIsAttainable) {
  const Roofline roof = small_report().roofline;
  EXPECT_DOUBLE_EQ(roof.peak_macs_per_second, 16e9);
  EXPECT_DOUBLE_EQ(roof.peak_bytes_per_second, 8e9);
  EXPECT_DOUBLE_EQ(roof.operational_intensity, 2);
  // The ridge is at 16e9 / 8e9 = 2 MACs per byte: at 2 the compute roof takes over.
  EXPECT_DOUBLE_EQ(roof.attainable, 16e9);
  EXPECT_EQ(roof.bound, "compute");
  EXPECT_DOUBLE_EQ(roof.achieved, 8e9);

  RunResult more_traffic = report_test::hundred_cycles();
  more_traffic.dram.bytes_read += 400;
  const Roofline memory =
      make_report(report_test::small_machine(), report_test::two_layers(), more_traffic).roofline;
  EXPECT_EQ(memory.bound, "memory");
  EXPECT_DOUBLE_EQ(memory.attainable, 8e9);
}

TEST(Report, ARunWithoutCyclesHasNoInfiniteRates) {
  RunResult nothing;
  nothing.layers.resize(2);
  const Report report =
      make_report(report_test::small_machine(), report_test::two_layers(), nothing);
  EXPECT_EQ(report.array_utilization, 0);
  EXPECT_EQ(report.bandwidth_fraction, 0);
  EXPECT_EQ(report.roofline.achieved, 0);
}

}  // namespace
}  // namespace systolith
