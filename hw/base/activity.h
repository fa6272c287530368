// Where an engine's cycles go. Every cycle between the start and the end of a run is attributed to
// exactly one cause; the causes of an engine sum to the run's total, and that is asserted.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "hw/base/units.h"

namespace systolith {

enum class Cause : std::uint8_t {
  busy,           // doing its work
  weight_load,    // waiting for stationary weights to be shifted in
  fill_drain,     // waiting for the array's own wavefront to fill or drain
  operand,        // waiting for an operand that another engine of the core is producing
  bank_conflict,  // held back by the scratchpad's banks
  dram,           // waiting for data on its way from or to DRAM: its latency and bandwidth
  row_miss,       // the same, most of it for DRAM to open a row
  refresh,        // most of it while DRAM refreshed
  write_drain,    // most of it while DRAM served writes
  dram_queue,     // most of it for room in DRAM's queues
  level_bank,     // most of it for a bank of a memory level
  level_miss,     // most of it for a memory level's room to miss: MSHRs, ways, a FIFO's space
  host,           // waiting for data on its way from or to the host
  interconnect,   // waiting for a link of the interconnect
  queue_full,     // the command processor: the next command's queue is full
  sync,           // waiting for another core
  idle,           // nothing to do
};
inline constexpr std::size_t kCauses = 17;
std::string_view to_string(Cause cause);

// A cause; of level_bank and level_miss, also at which memory level (its number in the machine).
struct Reason {
  Cause cause = Cause::idle;
  std::uint32_t level = 0;

  Reason() = default;
  Reason(Cause what, std::uint32_t at_level = 0) : cause(what), level(at_level) {}
  bool at_a_level() const { return cause == Cause::level_bank || cause == Cause::level_miss; }
  friend bool operator==(const Reason& a, const Reason& b) {
    return a.cause == b.cause && a.level == b.level;
  }
};

// An engine's account. The engine announces each change of state; the time since the last one is
// booked on the state before it. Changes must not go back in time.
class Activity {
 public:
  // From `now` on the cycles belong to `reason`.
  void enter(Reason reason, Cycles now);
  // Books the open stretch up to `end`; afterwards total() == end.
  void close(Cycles end) { enter(state_, end); }

  const Cause& state() const { return state_.cause; }  // a waveform watches it in place
  const Reason& reason() const { return state_; }
  Cycles since() const { return since_; }  // when it entered its state
  Cycles spent(Cause cause) const { return spent_[static_cast<std::size_t>(cause)]; }
  // Of level_bank or level_miss: at that level.
  Cycles spent_at(Reason reason) const;
  Cycles total() const;

 private:
  struct AtLevel {
    Cycles bank, miss;
  };
  std::array<Cycles, kCauses> spent_{};
  std::vector<AtLevel> at_level_;  // by level, of those where there was any
  Reason state_;
  Cycles since_{};
};

}  // namespace systolith
