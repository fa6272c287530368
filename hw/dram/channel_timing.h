// One DRAM channel's timing: bandwidth and latency. Plain C++, no SystemC; cycles are the
// channel's own. Requests are served first come, first served.
//
//   data on the bus:  [max(arrival + latency, bus free), + burst_cycles per native burst)
//
// latency is RCD + CL for reads, RCD + CWL for writes: every access as to a closed row.
#pragma once

#include <cstdint>

#include "hw/arch/machine.h"

namespace systolith {

struct DramRequest {
  std::uint64_t address = 0;  // within the channel
  std::int64_t bytes = 0;     // > 0
  bool write = false;
};

class ChannelTiming {
 public:
  explicit ChannelTiming(const DramStandardFacts& facts) : facts_(facts) {}

  // The cycle by which the last data has crossed the bus. Native bursts are moved whole.
  Cycles serve(const DramRequest& request, Cycles arrival) {
    const auto burst = static_cast<std::uint64_t>(facts_.burst.count());
    const std::uint64_t first = request.address / burst;
    const std::uint64_t last =
        (request.address + static_cast<std::uint64_t>(request.bytes) - 1) / burst;
    const Cycles latency = request.write ? facts_.write_latency : facts_.read_latency;
    const Cycles ready = arrival + latency;
    bus_free_ = (ready > bus_free_ ? ready : bus_free_) +
                facts_.burst_cycles * static_cast<std::int64_t>(last - first + 1);
    return bus_free_;
  }

 private:
  DramStandardFacts facts_;
  Cycles bus_free_;
};

}  // namespace systolith
