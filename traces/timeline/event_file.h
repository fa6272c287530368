// A file of trace events (JSON object format), for Perfetto and Chrome. Times are simulated
// microseconds. The same calls give the same bytes.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "hw/base/clock.h"
#include "hw/isa/command.h"
#include "traces/format/atomic_file.h"
#include "traces/timeline/lanes.h"

namespace systolith {

// Names come from files of any encoding; what is no UTF-8 becomes U+FFFD.
std::string json_text(const std::string& text);

class EventFile {
 public:
  // `about`: what the file says of itself, names and values. `clock`: of all cycles.
  EventFile(const std::string& path, ClockDomain clock,
            const std::vector<std::pair<std::string, std::string>>& about);

  // One event's members, on a line of its own.
  void event(const std::string& json);
  void name_process(int process, const std::string& name);
  void name_track(int process, std::size_t track, std::size_t order, const std::string& name);
  // The members that say when: [start, finish).
  std::string span(Cycles start, Cycles finish) const;
  // The file appears; without it nothing is left behind.
  void close();

  const ClockDomain& clock() const { return clock_; }

 private:
  ClockDomain clock_;
  AtomicFile file_;
  bool first_ = true;
};

// Microseconds, to the femtosecond.
std::string microseconds(Femtoseconds t);

// A core's commands: a track for each engine, more where they overlap in it.
class CommandTracks {
 public:
  CommandTracks(EventFile& file, int process) : file_(&file), process_(process) {}

  // In order of finish. `layer`: its name, as JSON.
  void add(const Command& command, Cycles start, Cycles finish, const std::string& layer);

 private:
  EventFile* file_;
  int process_;
  std::array<Lanes, kEngines> lanes_;
};

}  // namespace systolith
