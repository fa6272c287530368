// A request being carried out: its program's streams on the tenant's cores. It can be stopped at a
// border (hw/tenancy/borders.h) and go on later:
//
//   running ──stop()──► stopping ──border──► saving ──► suspended ──go on──► restoring ──► running
//      └──────────────────────────────────── finished
//
// Saving and restoring move the tenant's part of every scratchpad to and from DRAM; they are left
// out where nobody else uses it. Cores of one job stop in the same layer: one that is behind goes
// on until it is there, for the others may wait for what it does on the way.
#pragma once

#include <vector>

#include "hw/control/command_processor.h"

namespace systolith {

using CommandStreams = std::vector<std::vector<Command>>;  // by core
using StreamBorders = std::vector<std::vector<bool>>;      // by core and position

// Where what is in a scratchpad waits while others have the core. All in the tenant's addresses.
struct SavedContext {
  std::vector<std::int64_t> bytes;  // of each of the tenant's cores, from 0 on
  std::uint64_t address = 0;        // in DRAM, one core's behind the other's
};

class Job {
 public:
  // `cores`: the machine's, by the tenant's own. `context` null: what is in the scratchpads stays.
  // Requires: all outlive the job.
  Job(TenantId tenant, const CommandStreams& streams, const StreamBorders& borders,
      const std::vector<CoreId>& cores, const SavedContext* context);

  enum class Phase : std::uint8_t { running, stopping, saving, suspended, restoring, finished };
  Phase phase() const { return phase_; }

  // Takes the cores: commands come from here on. `first`: the index of the next command of each of
  // the machine's cores. Requires: new or suspended.
  void go_on(const std::vector<std::uint64_t>& first);
  // Gives the cores up at the next border. Requires: running.
  void stop();

  // The next command for the tenant's core `own`, numbered and addressed for the machine's.
  Fetched fetch(std::size_t own, std::uint64_t index, Command& command);
  // Of the commands fetched, on any core: where all of them stop.
  std::int64_t furthest_layer() const { return furthest_layer_; }
  // Share of its commands that have been fetched.
  double progress() const;
  // One of its commands has retired.
  void retired() { --outstanding_; }
  // Enters the next phase where all of this one's commands have retired; false where not.
  bool settle(const std::vector<std::uint64_t>& next);

 private:
  bool at_border(std::size_t own) const;
  bool drained() const;
  void begin_context(Phase phase);
  void begin_segment(const std::vector<std::uint64_t>& first);
  void move_context(std::size_t own, Command& command);
  void renumber(Command& command) const;

  struct OwnCore {
    std::size_t next = 0;           // in its stream
    std::size_t segment = 0;        // where it went on
    std::uint64_t first_index = 0;  // of the segment, on the machine's core
    bool context_moved = false;
  };

  TenantId tenant_;
  const CommandStreams& streams_;
  const StreamBorders& borders_;
  const std::vector<CoreId>& cores_;
  const SavedContext* context_;
  std::vector<OwnCore> own_;
  Phase phase_ = Phase::suspended;
  bool saved_ = false;  // something waits in DRAM
  std::int64_t furthest_layer_ = 0;
  std::int64_t outstanding_ = 0;
};

}  // namespace systolith
