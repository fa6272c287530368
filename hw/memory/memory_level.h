// A shared memory level between the cores' scratchpads and DRAM: a TLM-2.0 target. Addresses begin
// at 0 within the level. One file per kind.
#pragma once

#include <memory>
#include <systemc>
#include <tlm>

#include "hw/arch/machine.h"
#include "hw/base/registry.h"

namespace systolith {

struct MemoryLevelSpec {
  LevelConfig config;
  Hertz clock;  // of `config.latency`: the core's
  bool values = false;
};

class MemoryLevel : public sc_core::sc_module {
 public:
  static constexpr const char* kKind = "memory kind";
  using Factory = std::unique_ptr<MemoryLevel> (*)(const sc_core::sc_module_name& name,
                                                   const MemoryLevelSpec& spec);

  using sc_module::sc_module;
  virtual tlm::tlm_target_socket<>& target() = 0;
  virtual std::int64_t bytes_accessed() const = 0;
};
template <>
const RegistrationTable<MemoryLevel>& registrations<MemoryLevel>();

}  // namespace systolith
