// A memory level between the cores' scratchpads and DRAM: a TLM-2.0 target. A scratchpad's
// addresses begin at 0 within the level; kinds that are passed through see those of DRAM and have
// an initiator socket behind. One file per kind.
#pragma once

#include <memory>
#include <systemc>
#include <tlm>

#include "hw/arch/machine.h"
#include "hw/base/registry.h"
#include "hw/control/calendar.h"
#include "hw/memory/level_traffic.h"

namespace systolith {

struct MemoryLevelSpec {
  LevelConfig config;
  Hertz clock;  // the level's
  bool values = false;
  Calendar& calendar;
  std::uint32_t number = 0;  // what accounts know it by
};

class MemoryLevel : public sc_core::sc_module {
 public:
  static constexpr const char* kKind = "memory kind";
  using Factory = std::unique_ptr<MemoryLevel> (*)(const sc_core::sc_module_name& name,
                                                   const MemoryLevelSpec& spec);

  using sc_module::sc_module;
  virtual tlm::tlm_target_socket<>& target() = 0;
  // To what lies behind; null where nothing does.
  virtual tlm::tlm_initiator_socket<>* behind() { return nullptr; }
  virtual LevelTraffic traffic() const = 0;
};
template <>
const RegistrationTable<MemoryLevel>& registrations<MemoryLevel>();

}  // namespace systolith
