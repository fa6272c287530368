// What holds of every run.
#pragma once

#include <gtest/gtest.h>

#include <numeric>

#include "hw/noc/port_traffic.h"
#include "sim/system/simulate.h"

namespace systolith::testing {

inline void expect_same_timing(const RunResult& a, const RunResult& b) {
  EXPECT_EQ(a.total_cycles, b.total_cycles);
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].start, b.layers[i].start);
    EXPECT_EQ(a.layers[i].end, b.layers[i].end);
  }
  for (std::size_t e = 0; e < a.engines.size(); ++e)
    for (std::size_t cause = 0; cause < kCauses; ++cause)
      EXPECT_EQ(a.engines[e].activity.spent(static_cast<Cause>(cause)),
                b.engines[e].activity.spent(static_cast<Cause>(cause)))
          << a.engines[e].name << " " << to_string(static_cast<Cause>(cause));
}

inline void expect_causes_sum(const RunResult& result) {
  for (const EngineReport& engine : result.engines) {
    EXPECT_EQ(engine.activity.total(), result.total_cycles) << engine.name;
    for (const Cause cause : {Cause::level_bank, Cause::level_miss}) {
      Cycles at_levels;
      for (std::uint32_t level = 0; level < result.levels.size(); ++level)
        at_levels += engine.activity.spent_at({cause, level});
      EXPECT_EQ(at_levels, engine.activity.spent(cause)) << engine.name;
    }
  }
  Cycles exclusive;
  for (const LayerReport& layer : result.layers) exclusive += layer.cycles;
  EXPECT_EQ(exclusive, result.total_cycles);
}

inline std::int64_t sum(const std::vector<std::int64_t>& samples) {
  return std::accumulate(samples.begin(), samples.end(), std::int64_t{0});
}

// What was moved in all intervals is what was moved, and so is what all layers moved.
inline void expect_bandwidth_sums(const RunResult& result) {
  const BandwidthReport& over_time = result.bandwidth;
  EXPECT_LE(over_time.interconnect.size(), PortTraffic::kSamples);
  EXPECT_EQ(sum(over_time.dram.read), result.dram.bytes_read);
  EXPECT_EQ(sum(over_time.dram.written), result.dram.bytes_written);
  std::int64_t channels = 0, all = result.dram.bytes_read + result.dram.bytes_written, dram = 0;
  for (const auto& channel : over_time.channels) channels += sum(channel);
  EXPECT_EQ(channels, all);
  for (const LayerReport& layer : result.layers) dram += layer.moved.dram;
  EXPECT_EQ(dram, all);
  ASSERT_EQ(over_time.levels.size(), result.levels.size());
  for (std::size_t i = 0; i < result.levels.size(); ++i) {
    const LevelTraffic& traffic = result.levels[i].traffic;
    EXPECT_EQ(sum(over_time.levels[i].read), traffic.bytes_read) << result.levels[i].name;
    EXPECT_EQ(sum(over_time.levels[i].written), traffic.bytes_written) << result.levels[i].name;
    std::int64_t by_layer = 0;
    for (const LayerReport& layer : result.layers) by_layer += layer.moved.levels.at(i);
    EXPECT_EQ(by_layer, traffic.bytes_read + traffic.bytes_written) << result.levels[i].name;
    all += traffic.bytes_read + traffic.bytes_written;
  }
  EXPECT_EQ(sum(over_time.interconnect), all);
  std::int64_t scratchpads = 0;
  for (const LayerReport& layer : result.layers) scratchpads += layer.moved.scratchpad;
  // Events are of 8 bytes, by core and rounded up.
  const std::int64_t events =
      result.events.at("scratchpad_read") + result.events.at("scratchpad_write");
  EXPECT_LE(scratchpads, 8 * events);
  EXPECT_GT(scratchpads, 8 * events - 1024);
}

}  // namespace systolith::testing
