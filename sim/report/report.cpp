#include "sim/report/report.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "hw/arch/energy_keys.h"
#include "hw/arch/logical_cores.h"
#include "hw/dataflow/dataflow.h"

namespace systolith {
namespace {

constexpr double kJoulesPerPicojoule = 1e-12;

std::string dataflow_of(const Machine& machine, const LayerReport& ran) {
  std::vector<std::string> names;
  for (const std::string& name : machine.core.array.dataflow) {
    const auto dataflow = registration<Dataflow>(name).create(machine.core.array);
    if (ran.stationary.count(dataflow->stationary()) != 0) names.push_back(name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<ReportLayer> layer_rows(const Machine& machine, const ProgramHeader& header,
                                    const RunResult& result) {
  SYSTOLITH_CHECK(header.layers.size() == result.layers.size(), "{} layers compiled, {} ran",
                  header.layers.size(), result.layers.size());
  std::vector<ReportLayer> rows;
  for (std::size_t i = 0; i < header.layers.size(); ++i) {
    const ProgramLayer& stated = header.layers[i];
    const LayerReport& ran = result.layers[i];
    rows.push_back({stated.name, stated.op, stated.format, ran.start, ran.end, ran.cycles, ran.macs,
                    ran.dram_bytes, utilization(machine, ran.mac_slots, ran.end - ran.work_start),
                    ran.bound_by, dataflow_of(machine, ran), stated.phase});
  }
  return rows;
}

std::vector<PhaseReport> phase_rows(const std::vector<ReportLayer>& layers) {
  std::vector<PhaseReport> phases;
  for (const ReportLayer& layer : layers) {
    if (layer.phase.empty()) continue;
    const auto named = [&](const PhaseReport& phase) { return phase.name == layer.phase; };
    auto found = std::find_if(phases.begin(), phases.end(), named);
    if (found == phases.end()) {
      phases.push_back({layer.phase, Cycles(0), 0, 0});
      found = phases.end() - 1;
    }
    found->cycles = found->cycles + layer.cycles;
    found->macs += layer.macs;
    found->dram_bytes += layer.dram_bytes;
  }
  return phases;
}

bool is_energy_key(const std::string& name) {
  const auto named = [&](const EnergyKey& key) { return key.name == name; };
  return std::any_of(kEnergyKeys.begin(), kEnergyKeys.end(), named);
}

void spend(EnergyReport& energy, EnergyComponent component) {
  energy.total_picojoules += component.picojoules;
  energy.components.push_back(std::move(component));
}

void spend_dram(EnergyReport& energy, const DramStandardFacts& standard, const DramEvents& events) {
  for (const DramEnergy& part : dram_energy(events, standard.picojoules))
    spend(energy, {std::string(part.name), part.events, part.picojoules});
}

void set_power(EnergyReport& energy, double seconds) {
  energy.average_watts = ratio(energy.total_picojoules * kJoulesPerPicojoule, seconds);
}

}  // namespace

double utilization(const Machine& machine, std::int64_t mac_slots, Cycles cycles) {
  return ratio(
      static_cast<double>(mac_slots),
      static_cast<double>(cycles.count()) * static_cast<double>(processing_elements(machine)));
}

EnergyReport energy_of(const Machine& machine, const EventCounts& events, const DramEvents& dram,
                       double seconds) {
  for (const auto& event : events)
    SYSTOLITH_CHECK(is_energy_key(event.first), "nothing prices the event '{}'", event.first);
  EnergyReport energy;
  energy.table = machine.energy.name;
  for (const EnergyKey& key : kEnergyKeys) {
    const std::string name(key.name);
    const auto count = events.find(name);
    if (count == events.end()) continue;  // the machine has no such component
    const auto price = machine.energy.picojoules.find(name);
    SYSTOLITH_CHECK(price != machine.energy.picojoules.end(),
                    "energy table '{}' does not price '{}'", energy.table, name);
    spend(energy, {name, count->second, static_cast<double>(count->second) * price->second});
  }
  // Of somebody else's memory the commands are not known.
  if (machine.dram.plugin.empty()) spend_dram(energy, machine.dram.facts, dram);
  set_power(energy, seconds);
  return energy;
}

EnergyReport energy_of(const DramStandardFacts& standard, const DramEvents& events,
                       double seconds) {
  EnergyReport energy;
  energy.table = standard.name;
  spend_dram(energy, standard, events);
  set_power(energy, seconds);
  return energy;
}

MachineReport machine_report(const Machine& machine, const MachineWork& work) {
  MachineReport report;
  static_cast<MachineWork&>(report) = work;
  report.machine = machine.name;
  report.clock = machine.clock;
  report.array_utilization = utilization(machine, work.mac_slots, work.total_cycles);
  const auto bytes = static_cast<double>(work.dram.bytes_read + work.dram.bytes_written);
  report.bandwidth_fraction = ratio(bytes, work.seconds * machine.dram.peak_bytes_per_second());
  report.energy = energy_of(machine, work.events, work.dram.events, work.seconds);
  return report;
}

Report make_report(const Machine& machine, const ProgramHeader& header, const RunResult& result) {
  Report report;
  static_cast<MachineReport&>(report) = machine_report(machine, result);
  report.workload = header.workload;
  report.commands = result.commands;
  report.layers = layer_rows(machine, header, result);
  report.phases = phase_rows(report.layers);
  report.memory = header.memory;
  report.area = area_of(machine);
  report.roofline = roofline_of(machine, header, result);
  return report;
}

}  // namespace systolith
