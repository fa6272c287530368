#include "hw/dram/dram_device.h"

#include <algorithm>

namespace systolith {
namespace {

ChannelShape shape_of(const DramConfig& dram, const DramGeometry& geometry) {
  const auto count = [](std::int64_t n) { return static_cast<std::int32_t>(n); };
  return {count(dram.pseudochannels), count(dram.ranks), count(geometry.bank_groups),
          count(geometry.banks_per_group)};
}

}  // namespace

DramDevice::DramDevice(const DramConfig& dram)
    : name(dram.standard),
      standard(registration<DramStandard>(dram.standard).create()),
      timings(standard.timings),
      burst_cycles(dram.facts.burst_cycles),
      shape(shape_of(dram, standard.geometry)) {
  const DramStandardFacts facts = standard.facts(name);
  for (const auto& [timing, clocks] : dram.timing) {
    if (facts.timings.count(timing) == 0)
      user_error("dram.timing: {} has no timing {}", name, timing);
    for (const TimingName& known : kTimingNames)
      if (known.name == timing) timings.set(known.timing, Cycles(clocks));
  }
}

TimingState DramDevice::timing_state(const CommandSet& used) const {
  return {standard.rules(timings, burst_cycles), shape, standard.command_clocks,
          standard.two_command_buses, used};
}

Cycles DramDevice::read_latency() const {
  return timings[Timing::CL] + timings[Timing::DQSCK] + burst_cycles +
         Cycles(standard.command_clocks.column - 1);
}

Cycles DramDevice::write_latency() const {
  return timings[Timing::CWL] + timings[Timing::DQSS] + burst_cycles +
         Cycles(standard.command_clocks.column - 1);
}

}  // namespace systolith
