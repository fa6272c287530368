#include "sim/system/core.h"

namespace systolith {
namespace {

// By tenant: what it has of DRAM, then of each shared level.
TenantTable<std::vector<Bytes>> capacities(const Partition& partition) {
  std::vector<std::vector<Bytes>> table;
  for (const TenantPart& part : partition.parts) {
    const auto channels = static_cast<std::int64_t>(part.channels.size());
    table.push_back({part.dram.size * channels});
    for (const Region& level : part.levels) table.back().push_back(level.size);
  }
  return TenantTable<std::vector<Bytes>>(std::move(table));
}

TenantTable<Region> scratchpad_regions(const Partition& partition) {
  std::vector<Region> regions;
  for (const TenantPart& part : partition.parts) regions.push_back(part.scratchpad);
  return TenantTable<Region>(std::move(regions));
}

DmaSpec dma_spec(const Machine& machine, const Partition& partition) {
  DmaSpec spec;
  spec.dma = machine.core.dma;
  spec.queue_depth = machine.core.control.queue_depth;
  spec.link_width = machine.interconnect.width;
  spec.link_clock = machine.interconnect.clock.value_or(machine.clock);
  spec.capacities = capacities(partition);
  return spec;
}

ArraySpec array_spec(const Machine& machine) {
  const DatapathConfig& datapath = machine.core.datapath;
  return {machine.core.array,
          datapath.native,
          datapath.packed,
          packing_from_name(datapath.packing),
          datapath.overflow,
          machine.core.control.queue_depth,
          machine.core.accumulator_rows()};
}

}  // namespace

Core::Core(const sc_core::sc_module_name& name, const CoreSpec& spec, RunMonitor& run,
           Calendar& calendar)
    : sc_module(name),
      context_{spec.id, EdgeClock(spec.machine.clock), spec.values, spec.traced, run, causes_,
               calendar},
      command_processor("command_processor", context_, spec.machine.core.control.queue_depth,
                        spec.fetch),
      load_dma("load_dma", Engine::load, context_, dma_spec(spec.machine, spec.partition)),
      store_dma("store_dma", Engine::store, context_, dma_spec(spec.machine, spec.partition)),
      weight_loader("weight_loader", context_, array_spec(spec.machine)),
      array("array", context_, array_spec(spec.machine)),
      accumulators("accumulators", spec.machine.core, spec.values),
      vector_unit("vector_unit", context_, spec.machine.core.vector.lanes,
                  spec.machine.core.control.queue_depth),
      scratchpad("scratchpad", spec.machine.core.scratchpad, scratchpad_regions(spec.partition),
                 spec.values) {
  command_processor.scoreboard(scoreboard);
  command_processor.sync.scoreboard(scoreboard);
  for (EngineModule* engine : engines()) engine->scoreboard(scoreboard);
  command_processor.load(load_dma);
  command_processor.store(store_dma);
  command_processor.weights(weight_loader);
  command_processor.array(array);
  command_processor.vector(vector_unit);
  load_dma.scratchpad(scratchpad);
  store_dma.scratchpad(scratchpad);
  weight_loader.scratchpad(scratchpad);
  weight_loader.planes(array);
  array.scratchpad(scratchpad);
  array.accumulators(accumulators);
  vector_unit.scratchpad(scratchpad);
  vector_unit.accumulators(accumulators);
}

}  // namespace systolith
