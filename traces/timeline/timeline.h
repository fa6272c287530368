// A run as trace events (JSON object format), for Perfetto and Chrome. One process per core, one
// track per engine (more where commands overlap in it), each command a complete event; a process of
// the layers, from their first command's start to their last one's finish; counters of what was
// moved, over time. Times are simulated microseconds. The same calls give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "hw/base/clock.h"
#include "traces/format/program.h"
#include "traces/timeline/event_file.h"

namespace systolith {

class TimelineWriter {
 public:
  // `clock` is the cores', `numbers` what they are called; none: 0, 1 .... Requires: `header`
  // outlives the writer.
  TimelineWriter(const std::string& path, const ProgramHeader& header, ClockDomain clock,
                 const std::vector<std::string>& numbers = {});

  // [start, finish) in core cycles, in order of finish. Memory does not grow with their number.
  void add(const Command& command, Cycles start, Cycles finish);

  // A track of rates in the process of this name: bytes by interval of so many core cycles, from 0
  // on.
  void counter(const std::string& process, const std::string& name, Cycles interval,
               const std::vector<std::int64_t>& bytes);

  // The file appears; without it nothing is left behind.
  void close();

 private:
  struct Interval {
    Cycles start, finish;
    bool any = false;
  };
  void layer_events();

  const ProgramHeader& header_;
  ClockDomain clock_;
  EventFile file_;
  std::vector<std::string> layer_names_;  // as JSON text
  std::vector<Interval> layers_;          // by layer
  std::vector<CommandTracks> cores_;
  std::vector<std::string> counting_;  // processes with counters
};

}  // namespace systolith
