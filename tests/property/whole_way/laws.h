// What holds of every run.
#pragma once

#include <gtest/gtest.h>

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
  for (const EngineReport& engine : result.engines)
    EXPECT_EQ(engine.activity.total(), result.total_cycles) << engine.name;
  Cycles exclusive;
  for (const LayerReport& layer : result.layers) exclusive += layer.cycles;
  EXPECT_EQ(exclusive, result.total_cycles);
}

}  // namespace systolith::testing
