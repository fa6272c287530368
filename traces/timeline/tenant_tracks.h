// A tenant of a service in a timeline: its requests, waiting and being carried out, the layers of
// each, and its cores' commands.
#pragma once

#include <vector>

#include "traces/format/program.h"
#include "traces/timeline/event_file.h"

namespace systolith {

enum class TimelineDetail : std::uint8_t { requests, layers, commands };

class TenantTracks {
 public:
  // Processes are numbered from `first_process` on: the tenant's, then, with commands, one for each
  // of its cores. Requires: file and header outlive the tracks.
  TenantTracks(EventFile& file, int first_process, const std::string& tenant,
               const ProgramHeader& header, TimelineDetail detail);

  // In order of finish; `own`: the tenant's own number of the command's core.
  void command(const Command& command, std::size_t own, Cycles start, Cycles finish);
  // All of its commands have been told.
  void request(std::int64_t number, Cycles arrival, Cycles start, Cycles finish);

  int processes() const { return 1 + static_cast<int>(cores_.size()); }

 private:
  enum Track : std::size_t { kService = 1, kWaiting = 2 };  // layers and further waiters follow
  struct Interval {
    Cycles start, finish;
    bool any = false;
  };
  void waiting(std::int64_t number, Cycles arrival, Cycles start);
  void layers();

  EventFile& file_;
  int process_;
  TimelineDetail detail_;
  std::vector<std::string> layer_names_;  // as JSON
  std::vector<Interval> layers_;          // of the request under way
  Lanes waiting_lanes_, layer_lanes_;
  std::vector<CommandTracks> cores_;
};

}  // namespace systolith
