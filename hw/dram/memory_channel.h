// What stands behind one channel's port of the interconnect: a TLM-2.0 target whose addresses begin
// at 0. Ours (hw/dram/dram_channel.h), or somebody else's (hw/dram/foreign_channel.h).
#pragma once

#include <systemc>
#include <tlm>

#include "hw/arch/dram_energy.h"
#include "hw/base/units.h"

namespace systolith {

struct DramTraffic {
  std::int64_t bytes_read = 0, bytes_written = 0, requests = 0;
  std::int64_t row_hits = 0, row_misses = 0;  // of native bursts; 0 where nobody tells
  DramEvents events;                          // likewise

  DramTraffic& operator+=(const DramTraffic& other);
};

class MemoryChannel : public sc_core::sc_module {
 public:
  using sc_module::sc_module;
  virtual tlm::tlm_target_socket<>& target() = 0;
  // The run ended then: what falls due up to there happens.
  virtual void settle(Femtoseconds) {}
  virtual DramTraffic traffic() const = 0;
};

}  // namespace systolith
