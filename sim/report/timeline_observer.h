// Writes every command of a run into a timeline file.
#pragma once

#include <fmt/format.h>

#include <string>

#include "hw/arch/logical_cores.h"
#include "sim/system/simulate.h"
#include "traces/timeline/timeline.h"

namespace systolith {

class TimelineObserver final : public RunObserver {
 public:
  // Of a program with `header` on `machine`. Requires: `header` outlives the observer.
  TimelineObserver(const std::string& path, const ProgramHeader& header, const Machine& machine)
      : timeline_(path, header, ClockDomain(machine.clock), numbers(machine)) {}
  void command_ran(const Command& command, Cycles start, Cycles finish) override {
    timeline_.add(command, start, finish);
  }
  // With the run's bandwidth over time. The file appears; without it nothing is left behind.
  void close(const BandwidthReport& bandwidth) {
    const auto series = [&](const std::string& process, const BandwidthSeries& bytes) {
      timeline_.counter(process, "read", bandwidth.interval, bytes.read);
      timeline_.counter(process, "written", bandwidth.interval, bytes.written);
    };
    series("DRAM", bandwidth.dram);
    for (std::size_t i = 0; i < bandwidth.channels.size(); ++i)
      timeline_.counter("DRAM", fmt::format("channel {}", i), bandwidth.interval,
                        bandwidth.channels[i]);
    for (const BandwidthSeries& level : bandwidth.levels) series(level.name, level);
    timeline_.counter("interconnect", "all", bandwidth.interval, bandwidth.interconnect);
    timeline_.close();
  }

 private:
  static std::vector<std::string> numbers(const Machine& machine) {
    std::vector<std::string> result;
    for (const LogicalCore& core : logical_cores(machine)) result.push_back(core.number);
    return result;
  }

  TimelineWriter timeline_;
};

}  // namespace systolith
