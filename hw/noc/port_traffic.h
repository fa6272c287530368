// What has gone through a target's port of an interconnect: over time, and for which layer.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/base/rate_bins.h"

namespace systolith {

struct PortTraffic {
  static constexpr std::size_t kSamples = 256;

  RateBins read{kSamples}, written{kSamples};  // in cycles of InterconnectSpec::account_clock
  std::vector<std::int64_t> by_layer;          // bytes, read and written
};

}  // namespace systolith
