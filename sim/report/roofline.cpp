#include "sim/report/roofline.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/arch/level_paths.h"
#include "hw/arch/logical_cores.h"
#include "sim/report/report.h"

namespace systolith {
namespace {

using Roofs = std::vector<std::pair<std::string, double>>;

double hertz(Hertz clock) { return static_cast<double>(clock.count()); }

// PE cycles a second.
double pe_cycles(const Machine& machine) {
  return static_cast<double>(processing_elements(machine)) * hertz(machine.clock);
}

// Of macs that take so many PE cycles.
double compute_roof(const Machine& machine, std::int64_t macs, std::int64_t slots) {
  const double share = slots > 0 ? static_cast<double>(macs) / static_cast<double>(slots) : 1;
  return pe_cycles(machine) * share;
}

Roofs compute_roofs(const Machine& machine) {
  std::vector<Format> formats = machine.core.datapath.native;
  formats.insert(formats.end(), machine.core.datapath.packed.begin(),
                 machine.core.datapath.packed.end());
  Roofs roofs;
  for (const Format activations : formats)
    for (const Format weights : formats) {
      if (!machine.multiplies(activations, weights)) continue;
      const PeRate rate = machine.rate(activations, weights);
      std::string name(to_string(activations));
      if (activations != weights) name += fmt::format("x{}", to_string(weights));
      roofs.emplace_back(name, pe_cycles(machine) * static_cast<double>(rate.products) /
                                   static_cast<double>(rate.cycles));
    }
  return roofs;
}

// Bytes a cycle of all of its banks, or of its link's two directions.
std::int64_t width_of(const LevelConfig& level) {
  if (is_host(level)) return 2 * level.width.count();
  return level.kind == "fifo" ? level.width.count()
                              : level.banks * level.ports * level.width.count();
}

Roofs memory_roofs(const Machine& machine) {
  std::int64_t scratchpads = 0;
  for (const ScratchpadConfig& part : {machine.core.scratchpad, machine.core.weight_scratchpad})
    if (part.capacity.count() > 0) scratchpads += part.banks * part.width.count();
  Roofs roofs = {
      {"scratchpad", static_cast<double>(machine.core.count * scratchpads) * hertz(machine.clock)}};
  const InterconnectConfig& links = machine.interconnect;
  const double port =
      2.0 * static_cast<double>(links.width.count()) * hertz(links.clock.value_or(machine.clock));
  for (const LevelConfig& level : machine.memory)
    roofs.emplace_back(level.name, std::min(static_cast<double>(width_of(level)) *
                                                hertz(level.clock.value_or(machine.clock)),
                                            port));
  roofs.emplace_back("dram", machine.dram.peak_bytes_per_second());
  return roofs;
}

RooflineLayer layer_point(const Machine& machine, const std::string& name, const LayerReport& ran,
                          const Roofs& memory) {
  RooflineLayer layer{name, {ran.moved.scratchpad}, 0, 0, ""};
  layer.bytes.insert(layer.bytes.end(), ran.moved.levels.begin(), ran.moved.levels.end());
  layer.bytes.push_back(ran.moved.dram);
  const auto macs = static_cast<double>(ran.macs);
  // Its time at the least, were nothing in the way but this roof.
  double longest = macs / compute_roof(machine, ran.macs, ran.mac_slots);
  if (ran.macs > 0) layer.bound = "compute";
  for (std::size_t i = 0; i < memory.size(); ++i) {
    const double time = static_cast<double>(layer.bytes[i]) / memory[i].second;
    if (time > longest) longest = time, layer.bound = memory[i].first;
  }
  layer.attainable = ratio(macs, longest);
  layer.achieved =
      ratio(macs, static_cast<double>((ran.end - ran.work_start).count()) / hertz(machine.clock));
  return layer;
}

}  // namespace

Roofline roofline_of(const Machine& machine, const ProgramHeader& header, const RunResult& result) {
  const auto dram_bytes = static_cast<double>(result.dram.bytes_read + result.dram.bytes_written);
  Roofline roof;
  roof.peak_macs_per_second = compute_roof(machine, result.macs, result.mac_slots);
  roof.peak_bytes_per_second = machine.dram.peak_bytes_per_second();
  roof.operational_intensity = ratio(static_cast<double>(result.macs), dram_bytes);
  const double memory_roof = roof.operational_intensity * roof.peak_bytes_per_second;
  const bool memory_bound = dram_bytes > 0 && memory_roof < roof.peak_macs_per_second;
  roof.attainable = memory_bound ? memory_roof : roof.peak_macs_per_second;
  roof.achieved = ratio(static_cast<double>(result.macs), result.seconds);
  roof.bound = memory_bound ? "memory" : "compute";
  roof.compute_roofs = compute_roofs(machine);
  roof.memory_roofs = memory_roofs(machine);
  for (std::size_t i = 0; i < result.layers.size(); ++i)
    roof.layers.push_back(
        layer_point(machine, header.layers[i].name, result.layers[i], roof.memory_roofs));
  return roof;
}

}  // namespace systolith
