#include "sim/system/core.h"

#include "hw/arch/level_paths.h"

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

TenantTable<CoreScratchpad::Regions> scratchpad_regions(const Partition& partition) {
  std::vector<CoreScratchpad::Regions> regions;
  for (const TenantPart& part : partition.parts)
    regions.push_back({part.scratchpad, part.weight_scratchpad});
  return TenantTable<CoreScratchpad::Regions>(std::move(regions));
}

DmaSpec dma_spec(const CoreSpec& core) {
  const Machine& machine = core.machine;
  DmaSpec spec;
  spec.dma = core.core.config.dma;
  spec.queue_depth = core.core.config.control.queue_depth;
  spec.link_width = spec.dma.width.value();
  spec.link_clock = machine.interconnect.clock.value_or(machine.clock);
  spec.capacities = capacities(core.partition);
  spec.waits = {Cause::dram};
  for (const LevelConfig& level : machine.memory)
    spec.waits.push_back(is_host(level) ? Cause::host : Cause::dram);
  return spec;
}

ArraySpec array_spec(const CoreConfig& core) {
  const DatapathConfig& datapath = core.datapath;
  return {core.array,
          datapath.native,
          datapath.packed,
          packing_from_name(datapath.packing),
          datapath.overflow,
          core.control.queue_depth,
          core.accumulator_rows()};
}

}  // namespace

Core::Core(const sc_core::sc_module_name& name, const CoreSpec& spec, RunMonitor& run,
           Calendar& calendar)
    : sc_module(name),
      label_("core" + spec.core.number),
      context_{spec.id, EdgeClock(spec.machine.clock), spec.values, spec.traced, run, causes_,
               calendar},
      command_processor("command_processor", context_, spec.core.config.control.queue_depth,
                        spec.fetch),
      load_dma("load_dma", Engine::load, context_, dma_spec(spec)),
      store_dma("store_dma", Engine::store, context_, dma_spec(spec)),
      weight_loader("weight_loader", context_, array_spec(spec.core.config)),
      array("array", context_, array_spec(spec.core.config)),
      accumulators("accumulators", spec.core.config, spec.values),
      vector_unit("vector_unit", context_, spec.core.config.vector.lanes,
                  spec.core.config.control.queue_depth),
      scratchpad("scratchpad", spec.core.config, scratchpad_regions(spec.partition), spec.values) {
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
