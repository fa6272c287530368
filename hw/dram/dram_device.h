// The devices of one channel as a machine describes them: a standard with its overrides.
#pragma once

#include <string>

#include "hw/dram/dram_standard.h"
#include "hw/dram/timing_state.h"

namespace systolith {

struct DramDevice {
  std::string name;
  DramStandard standard;
  DramTimings timings;
  Cycles burst_cycles;
  ChannelShape shape;

  // Throws UserError: an unknown standard, a timing that the standard does not have.
  explicit DramDevice(const DramConfig& dram);

  TimingState timing_state(const CommandSet& used) const;
  // From a read command to the end of its data.
  Cycles read_latency() const;
  Cycles write_latency() const;
};

}  // namespace systolith
