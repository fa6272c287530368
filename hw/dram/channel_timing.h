// One DRAM channel's timing: bandwidth and latency. Plain C++, no SystemC; cycles are the
// channel's own. Requests are served first come, first served.
//
//   data on the bus:  [max(arrival + latency, bus free), + burst_cycles per native burst)
//
// latency is RCD + CL for reads, RCD + CWL for writes: every access as to a closed row.
#pragma once

#include <cstdint>

#include "hw/dram/dram_device.h"

namespace systolith {

struct ChannelRequest {
  std::uint64_t address = 0;  // within the channel
  std::int64_t bytes = 0;     // > 0
  bool write = false;
};

class ChannelTiming {
 public:
  explicit ChannelTiming(const DramConfig& dram)
      : burst_(dram.burst()), burst_cycles_(dram.facts.burst_cycles) {
    const DramTimings timings = DramDevice(dram).timings;
    read_latency_ = timings[Timing::RCD] + timings[Timing::CL];
    write_latency_ = timings[Timing::RCDWR] + timings[Timing::CWL];
  }

  // The cycle by which the last data has crossed the bus. Native bursts are moved whole.
  Cycles serve(const ChannelRequest& request, Cycles arrival) {
    const auto burst = static_cast<std::uint64_t>(burst_.count());
    const std::uint64_t first = request.address / burst;
    const std::uint64_t last =
        (request.address + static_cast<std::uint64_t>(request.bytes) - 1) / burst;
    const Cycles ready = arrival + (request.write ? write_latency_ : read_latency_);
    bus_free_ =
        later(ready, bus_free_) + burst_cycles_ * static_cast<std::int64_t>(last - first + 1);
    return bus_free_;
  }

 private:
  Bytes burst_;
  Cycles burst_cycles_, read_latency_, write_latency_, bus_free_;
};

}  // namespace systolith
