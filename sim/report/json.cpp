#include "sim/report/json.h"

#include <nlohmann/json.hpp>

namespace systolith {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kReportVersion = 1;

Json layers_json(const Report& report) {
  Json layers = Json::array();
  for (const ReportLayer& layer : report.layers) {
    layers.push_back({{"name", layer.name},
                      {"op", layer.op},
                      {"format", layer.format},
                      {"start_cycle", layer.start.count()},
                      {"end_cycle", layer.end.count()},
                      {"cycles", layer.cycles.count()},
                      {"macs", layer.macs},
                      {"dram_bytes", layer.dram_bytes},
                      {"utilization", layer.utilization},
                      {"bound_by", to_string(layer.bound_by)}});
    if (!layer.phase.empty()) layers.back()["phase"] = layer.phase;
  }
  return layers;
}

Json phases_json(const Report& report) {
  Json phases = Json::object();
  for (const PhaseReport& phase : report.phases)
    phases[phase.name] = {
        {"cycles", phase.cycles.count()}, {"macs", phase.macs}, {"dram_bytes", phase.dram_bytes}};
  return phases;
}

// dram_bytes and peak_bytes (of computed tensors, on chip or off) as planned, dram_bytes_reached as
// the run found it.
Json memory_json(const Report& report) {
  return {{"dram_bytes", report.memory.dram_bytes},
          {"dram_bytes_reached", report.dram.bytes_reached},
          {"peak_bytes", report.memory.live_bytes}};
}

Json engines_json(const Report& report) {
  Json engines = Json::object();
  for (const EngineReport& engine : report.engines) {
    Json stalls = Json::object();
    for (std::size_t i = 0; i < kCauses; ++i) {
      const auto cause = static_cast<Cause>(i);
      if (cause == Cause::busy) continue;
      stalls[std::string(to_string(cause))] = engine.activity.spent(cause).count();
    }
    engines[engine.name] = {{"busy", engine.activity.spent(Cause::busy).count()},
                            {"stalls", std::move(stalls)}};
  }
  return engines;
}

Json dram_json(const Report& report) {
  return {
      {"bytes_read", report.dram.bytes_read}, {"bytes_written", report.dram.bytes_written},
      {"requests", report.dram.requests},     {"row_hits", report.dram.row_hits},
      {"row_misses", report.dram.row_misses}, {"bandwidth_fraction", report.bandwidth_fraction}};
}

Json energy_json(const EnergyReport& energy) {
  Json components = Json::object();
  for (const EnergyComponent& component : energy.components)
    components[component.name] = {{"events", component.events},
                                  {"picojoules", component.picojoules}};
  return {{"table", energy.table},
          {"components", std::move(components)},
          {"total_picojoules", energy.total_picojoules},
          {"average_watts", energy.average_watts}};
}

Json tenants_json(const Report& report) {
  Json whole_run = {{"name", report.workload},
                    {"start_cycle", 0},
                    {"end_cycle", report.total_cycles.count()},
                    {"macs", report.macs},
                    {"dram_bytes", report.dram.bytes_read + report.dram.bytes_written}};
  return Json::array({std::move(whole_run)});
}

Json roofline_json(const Roofline& roofline) {
  return {{"peak_macs_per_second", roofline.peak_macs_per_second},
          {"peak_bytes_per_second", roofline.peak_bytes_per_second},
          {"operational_intensity", roofline.operational_intensity},
          {"attainable", roofline.attainable},
          {"achieved", roofline.achieved},
          {"bound", roofline.bound}};
}

Json host_json(const HostReport& host) {
  return {{"wall_seconds", host.wall_seconds},
          {"cpu_seconds", host.cpu_seconds},
          {"compile_seconds", host.compile_seconds},
          {"simulate_cpu_seconds", host.simulate_cpu_seconds},
          {"peak_rss_bytes", host.peak_rss_bytes}};
}

}  // namespace

std::string to_json(const Report& report, const HostReport& host) {
  const Json json = {{"version", kReportVersion},
                     {"workload", report.workload},
                     {"machine", report.machine},
                     {"clock_hz", report.clock.count()},
                     {"total_cycles", report.total_cycles.count()},
                     {"seconds", report.seconds},
                     {"macs", report.macs},
                     {"commands", report.commands},
                     {"array_utilization", report.array_utilization},
                     {"layers", layers_json(report)},
                     {"phases", phases_json(report)},
                     {"memory", memory_json(report)},
                     {"engines", engines_json(report)},
                     {"dram", dram_json(report)},
                     {"energy", energy_json(report.energy)},
                     {"tenants", tenants_json(report)},
                     {"roofline", roofline_json(report.roofline)},
                     {"host", host_json(host)}};
  return json.dump(2) + "\n";
}

}  // namespace systolith
