// Writes every command of a run into a timeline file.
#pragma once

#include <string>

#include "sim/system/simulate.h"
#include "traces/timeline/timeline.h"

namespace systolith {

class TimelineObserver final : public RunObserver {
 public:
  // `clock`: the cores'. Requires: `header` outlives the observer.
  TimelineObserver(const std::string& path, const ProgramHeader& header, Hertz clock)
      : timeline_(path, header, ClockDomain(clock)) {}
  void command_ran(const Command& command, Cycles start, Cycles finish) override {
    timeline_.add(command, start, finish);
  }
  // The file appears; without it nothing is left behind.
  void close() { timeline_.close(); }

 private:
  TimelineWriter timeline_;
};

}  // namespace systolith
