#include "hw/arch/read_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/arch/area_keys.h"
#include "hw/arch/energy_keys.h"
#include "tests/unit/hw_arch/test_vocabulary.h"

namespace systolith {
namespace {

using testing::ElementsAre;

// The description of docs: every section in flow style, comments, a list of levels.
constexpr const char* kExample = R"(name: edge_npu
clock: 1GHz
core:
  count: 1
  array: {rows: 32, cols: 32, dataflow: weight_stationary, weight_buffers: 2}
  datapath: {native: int8, packed: [int4], accumulate: int32}
  vector: {lanes: 32, format: fp32}
  scratchpad: {capacity: 256KiB, banks: 8, width: 32B}
  accumulator: {capacity: 64KiB, banks: 2}
  dma: {channels: 2, outstanding: 16}
memory:                                  # shared levels, nearest first; any number, any kind
  - {name: l2, kind: scratchpad, capacity: 4MiB, banks: 16, width: 64B, latency: 12}
dram: {standard: ddr4_2400, channels: 2, mapping: "row:bank:column:bankgroup:channel",
       scheduler: fr_fcfs, page: open}
interconnect: {kind: crossbar, width: 32B, hop_latency: 2}       # also ring, mesh
energy: table_45nm
)";

Machine parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_machine(text, "m.yaml", overrides, test_vocabulary());
}

TEST(ReadMachine, ReadsEveryFieldOfTheExample) {
  const Machine m = parse(kExample);
  EXPECT_EQ(m.name, "edge_npu");
  EXPECT_EQ(m.clock, Hertz(1'000'000'000));
  EXPECT_EQ(m.core.count, 1);
  EXPECT_EQ(m.core.array.rows, 32);
  EXPECT_EQ(m.core.array.cols, 32);
  EXPECT_EQ(m.core.array.dataflow, std::vector<std::string>{"weight_stationary"});
  EXPECT_EQ(m.core.array.weight_buffers, 2);
  EXPECT_THAT(m.core.datapath.native, ElementsAre(Format::int8));
  EXPECT_THAT(m.core.datapath.packed, ElementsAre(Format::int4));
  EXPECT_EQ(m.core.datapath.accumulate, Format::int32);
  EXPECT_EQ(m.core.vector.lanes, 32);
  EXPECT_EQ(m.core.scratchpad.capacity, kibibytes(256));
  EXPECT_EQ(m.core.scratchpad.banks, 8);
  EXPECT_EQ(m.core.scratchpad.width, Bytes(32));
  EXPECT_EQ(m.core.accumulator_rows(), 512);
  EXPECT_EQ(m.core.dma.outstanding, 16);
  ASSERT_EQ(m.memory.size(), 1U);
  EXPECT_EQ(m.memory[0].name, "l2");
  EXPECT_EQ(m.memory[0].capacity, mebibytes(4));
  EXPECT_EQ(m.memory[0].latency, Cycles(12));
  EXPECT_EQ(m.dram.channels, 2);
  EXPECT_EQ(m.dram.mapping, "row:bank:column:bankgroup:channel");
  EXPECT_EQ(m.dram.burst(), Bytes(64));
  EXPECT_EQ(m.dram.capacity(), Bytes(std::int64_t{16} << 30));
  EXPECT_EQ(m.interconnect.width, Bytes(32));
  EXPECT_FALSE(m.interconnect.clock.has_value());
  EXPECT_EQ(m.energy.name, "table_45nm");
}

TEST(ReadMachine, WhatIsLeftOutHasTheDefaultOfTheStruct) {
  const Machine m = parse("{}");
  const Machine defaults;
  EXPECT_EQ(m.name, defaults.name);
  EXPECT_EQ(m.core.scratchpad.capacity, defaults.core.scratchpad.capacity);
  EXPECT_EQ(m.dram.standard, defaults.dram.standard);
  EXPECT_EQ(m.dram.facts.name, "ddr4_2400");
  EXPECT_EQ(m.energy.name, "table_45nm");
}

TEST(ReadMachine, WatermarksFollowTheWriteQueue) {
  const Machine m = parse("dram: {write_queue: 64}");
  EXPECT_EQ(m.dram.write_high, 51);
  EXPECT_EQ(m.dram.write_low, 12);
  const Machine given = parse("dram: {write_queue: 64, write_high: 40, write_low: 3}");
  EXPECT_EQ(given.dram.write_high, 40);
  EXPECT_EQ(given.dram.write_low, 3);
}

TEST(ReadMachine, TimingsAreOverriddenByName) {
  const Machine m = parse("dram: {timing: {CL: 18}}", {"dram.timing.RCD=20"});
  EXPECT_EQ(m.dram.timing, (std::map<std::string, std::int64_t>{{"CL", 18}, {"RCD", 20}}));
}

TEST(ReadMachine, NativeTakesOneFormatOrAList) {
  EXPECT_THAT(parse("core: {datapath: {native: [int8, bf16]}}").core.datapath.native,
              ElementsAre(Format::int8, Format::bf16));
  EXPECT_THAT(parse("core: {datapath: {native: [int8]}}").core.datapath.native,
              ElementsAre(Format::int8));
}

TEST(ReadMachine, AFloatOnlyDatapathAccumulatesInFp32UnlessToldOtherwise) {
  EXPECT_EQ(parse("core: {datapath: {native: bf16}}").core.datapath.accumulate, Format::fp32);
}

TEST(ReadMachine, DecimalsAndDecimalUnitsAreExact) {
  EXPECT_EQ(parse("clock: 1.05GHz").clock, Hertz(1'050'000'000));
  EXPECT_EQ(parse("clock: 1066.666667 MHz").clock, Hertz(1'066'666'667));
  EXPECT_EQ(parse("interconnect: {clock: 933kHz}").interconnect.clock, Hertz(933'000));
  EXPECT_EQ(parse("core: {accumulator: {capacity: 0.25MiB}}").core.accumulator.capacity,
            kibibytes(256));
  EXPECT_EQ(parse("core: {accumulator: {capacity: 100KB}}").core.accumulator.capacity,
            Bytes(100'000));
}

TEST(ReadMachine, OverridesReplaceAddAndIndex) {
  const Machine m =
      parse(kExample, {"core.count=4", "memory.0.capacity=8MiB", "interconnect.clock=2GHz",
                       "core.datapath.native=[int8, bf16]", "memory.1.name=l3",
                       "core.control.queue_depth=7", "core.count=2"});
  EXPECT_EQ(m.core.count, 2);
  EXPECT_EQ(m.memory[0].capacity, mebibytes(8));
  EXPECT_EQ(m.interconnect.clock, Hertz(2'000'000'000));
  EXPECT_TRUE(m.supports(Format::bf16));
  EXPECT_EQ(m.memory.at(1).name, "l3");
  EXPECT_EQ(m.core.control.queue_depth, 7);
  EXPECT_EQ(m.core.array.rows, 32);
}

TEST(ReadMachine, AnOverrideDoesNotReachOtherUsesOfAnAnchor) {
  const Machine m = parse("memory:\n  - &level {name: a, latency: 3}\n  - *level\n",
                          {"memory.1.name=b", "memory.1.latency=9"});
  EXPECT_EQ(m.memory.at(0).latency, Cycles(3));
  EXPECT_EQ(m.memory.at(1).latency, Cycles(9));
}

TEST(Presets, AreTheShippedMachinesAndAllOfThemAreValid) {
  const auto names = preset_names(test_vocabulary());
  EXPECT_THAT(names, ElementsAre("cloud_128x128", "edge_npu", "gemmini_16x16", "tpu_v1"));
  for (const std::string& name : names)
    EXPECT_EQ(read_machine(name, {}, test_vocabulary()).name, name);
}

TEST(Presets, EdgeNpuIsTheStructsDefaults) {
  Machine preset = read_machine("edge_npu", {}, test_vocabulary());
  EXPECT_THAT(preset.core.datapath.native, ElementsAre(Format::int8, Format::bf16));
  preset.core.datapath = {};
  EXPECT_EQ(program_fingerprint(preset), program_fingerprint(parse("{}")));
}

TEST(Presets, HaveTheCapacitiesAndBandwidthsOfTheirSources) {
  const Machine tpu = read_machine("tpu_v1", {}, test_vocabulary());
  EXPECT_EQ(tpu.core.accumulator_rows(), 4096);  // Jouppi et al., ISCA 2017
  EXPECT_NEAR(tpu.dram.peak_bytes_per_second(), 34e9, 0.2e9);
  const Machine cloud = read_machine("cloud_128x128", {"core.count=4"}, test_vocabulary());
  EXPECT_EQ(cloud.core.count, 4);
  EXPECT_NEAR(cloud.dram.peak_bytes_per_second(), 256e9, 1e6);
  const Machine gemmini = read_machine("gemmini_16x16", {}, test_vocabulary());
  EXPECT_EQ(gemmini.core.accumulator_rows(), 65536);
}

TEST(Presets, TheScratchpadKeepsUpWithArrayWeightsVectorAndMemory) {
  for (const std::string& name : preset_names(test_vocabulary())) {
    const Machine m = read_machine(name, {}, test_vocabulary());
    const std::int64_t operand = m.supports(Format::bf16) ? 2 : 1;
    const double dram_per_cycle =
        m.dram.peak_bytes_per_second() / static_cast<double>(m.clock.count());
    const auto port = static_cast<double>(m.interconnect.width.count());
    const double needed =
        static_cast<double>((m.core.array.rows + m.core.array.cols + m.core.vector.lanes) *
                            operand) +
        std::min(dram_per_cycle, port);
    EXPECT_GE(static_cast<double>(m.core.scratchpad.banks * m.core.scratchpad.width.count()),
              needed)
        << name;
  }
}

TEST(EnergyTables, EveryTablePricesEveryKeyAndNamesItsSource) {
  for (const char* table : {"table_45nm", "table_7nm"}) {
    const Machine m = parse("{}", {std::string("energy=") + table});
    EXPECT_EQ(m.energy.name, table);
    EXPECT_FALSE(m.energy.source.empty());
    EXPECT_EQ(m.energy.picojoules.size(), kEnergyKeys.size());
    for (const EnergyKey& key : kEnergyKeys)
      EXPECT_GT(m.energy.picojoules.at(std::string(key.name)), 0) << key.name;
    EXPECT_EQ(m.energy.square_micrometers.size(), kAreaKeys.size());
    for (const AreaKey& key : kAreaKeys)
      EXPECT_GT(m.energy.square_micrometers.at(std::string(key.name)), 0) << key.name;
  }
}

TEST(EnergyTables, HoldThePublishedSums) {
  const auto at45 = parse("{}").energy.picojoules;
  EXPECT_DOUBLE_EQ(at45.at("mac_int8"), 0.2 + 0.1);  // Horowitz, ISSCC 2014
  EXPECT_DOUBLE_EQ(at45.at("mac_bf16"), 1.1 + 0.9);
  const auto at7 = parse("energy: table_7nm").energy.picojoules;
  EXPECT_DOUBLE_EQ(at7.at("mac_bf16"), 0.21 + 0.38);  // Jouppi et al., ISCA 2021
}

}  // namespace
}  // namespace systolith
