#include "sim/report/json.h"

#include "sim/report/json_parts.h"

namespace systolith {
namespace {

Json layers_json(const Report& report) {
  Json layers = Json::array();
  for (const ReportLayer& layer : report.layers) {
    layers.push_back({{"name", layer.name},
                      {"op", layer.op},
                      {"format", layer.format},
                      {"dataflow", layer.dataflow},
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
                     {"engines", engines_json(report.engines, report.levels)},
                     {"levels", levels_json(report.levels)},
                     {"links", links_json(report.links)},
                     {"dram", dram_json(report.dram, report.bandwidth_fraction)},
                     {"energy", energy_json(report.energy)},
                     {"area", area_json(report.area)},
                     {"tenants", tenants_json(report)},
                     {"roofline", roofline_json(report.roofline)},
                     {"host", host_json(host)}};
  return json.dump(2) + "\n";
}

}  // namespace systolith
