// Who moved how much when: bytes by interval of the run, from the interconnect's account of every
// target's port. A read counts when its data cross, a write when it comes.
#pragma once

#include <string>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

class Top;

struct BandwidthSeries {
  std::string name;
  std::vector<std::int64_t> read, written;  // bytes by interval; sums are what was moved
};

// All series have as many intervals, PortTraffic::kSamples at most.
struct BandwidthReport {
  Cycles interval{1};
  BandwidthSeries dram;                             // of all channels
  std::vector<std::vector<std::int64_t>> channels;  // read and written
  std::vector<BandwidthSeries> levels;              // in the order of MachineWork::levels
  std::vector<std::int64_t> interconnect;           // all that crossed it
};

BandwidthReport bandwidth_of(const Top& top);

}  // namespace systolith
