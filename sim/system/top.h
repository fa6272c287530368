// The whole machine as a SystemC hierarchy:
//
//   top ─┬─ core0 ..: command_processor, load_dma, store_dma, weight_loader, array, accumulators,
//        │            vector_unit, scratchpad; core0_0 .. where arrays are divided
//        ├─ scoreboard
//        ├─ interconnect
//        ├─ dram: channel0 ..
//        └─ one module per shared level, by its name
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "hw/dram/dram.h"
#include "hw/memory/memory_level.h"
#include "hw/noc/interconnect.h"
#include "sim/system/core.h"
#include "sim/system/memory_map.h"

namespace systolith {

struct TopSpec {
  const Machine& machine;
  Partition partition;
  bool values = false;
  bool traced = false;
  std::size_t layers = 0;  // that traffic is told apart by
  std::function<Fetched(CoreId, Command&)> fetch;
};

class Top final : public sc_core::sc_module {
 public:
  // Reads and writes system memory outside simulated time.
  tlm_utils::simple_initiator_socket<Top> host{"host"};

  Calendar calendar{"calendar"};
  const MemoryMap memory_map;
  Scoreboard scoreboard;
  Dram dram;
  std::vector<std::unique_ptr<MemoryLevel>> levels;
  std::unique_ptr<Interconnect> interconnect;
  std::vector<std::unique_ptr<Core>> cores;

  Top(const sc_core::sc_module_name& name, const TopSpec& spec, RunMonitor& run);

  void write_memory(TenantId tenant, std::uint64_t address, const std::uint8_t* bytes,
                    std::int64_t count);
  void read_memory(TenantId tenant, std::uint64_t address, std::uint8_t* bytes, std::int64_t count);

 private:
  InterconnectSpec interconnect_spec(const TopSpec& spec, const std::vector<LogicalCore>& logical);
  void access_memory(tlm::tlm_command command, TenantId tenant, std::uint64_t address,
                     std::uint8_t* bytes, std::int64_t count);
};

}  // namespace systolith
