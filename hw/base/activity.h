// Where an engine's cycles go. Every cycle between the start and the end of a run is attributed to
// exactly one cause; the causes of an engine sum to the run's total, and that is asserted.
#pragma once

#include <array>
#include <string>
#include <string_view>

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

// An engine's account. The engine announces each change of state; the time since the last one is
// booked on the state before it. Changes must not go back in time.
class Activity {
 public:
  // From `now` on the cycles belong to `cause`.
  void enter(Cause cause, Cycles now);
  // Books the open stretch up to `end`; afterwards total() == end.
  void close(Cycles end) { enter(state_, end); }

  const Cause& state() const { return state_; }  // a waveform watches it in place
  Cycles spent(Cause cause) const { return spent_[static_cast<std::size_t>(cause)]; }
  Cycles total() const;

 private:
  std::array<Cycles, kCauses> spent_{};
  Cause state_ = Cause::idle;
  Cycles since_{};
};

}  // namespace systolith
