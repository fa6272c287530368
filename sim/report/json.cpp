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

// `null` where nothing was moved there.
Json roofline_layer_json(const Roofline& roofline, const RooflineLayer& layer, std::int64_t macs) {
  Json bytes = Json::object(), intensity = Json::object();
  for (std::size_t i = 0; i < layer.bytes.size(); ++i) {
    const std::string& roof = roofline.memory_roofs[i].first;
    bytes[roof] = layer.bytes[i];
    intensity[roof] = layer.bytes[i] > 0
                          ? Json(static_cast<double>(macs) / static_cast<double>(layer.bytes[i]))
                          : Json(nullptr);
  }
  return {{"name", layer.name},
          {"macs", macs},
          {"bytes", std::move(bytes)},
          {"operational_intensity", std::move(intensity)},
          {"attainable", layer.attainable},
          {"achieved", layer.achieved},
          {"bound", layer.bound}};
}

Json roofline_json(const Report& report) {
  const Roofline& roofline = report.roofline;
  Json compute = Json::object(), memory = Json::object(), layers = Json::array();
  for (const auto& [name, peak] : roofline.compute_roofs) compute[name] = peak;
  for (const auto& [name, peak] : roofline.memory_roofs) memory[name] = peak;
  for (std::size_t i = 0; i < roofline.layers.size(); ++i)
    layers.push_back(roofline_layer_json(roofline, roofline.layers[i], report.layers[i].macs));
  return {{"peak_macs_per_second", roofline.peak_macs_per_second},
          {"peak_bytes_per_second", roofline.peak_bytes_per_second},
          {"operational_intensity", roofline.operational_intensity},
          {"attainable", roofline.attainable},
          {"achieved", roofline.achieved},
          {"bound", roofline.bound},
          {"compute_roofs", std::move(compute)},
          {"memory_roofs", std::move(memory)},
          {"layers", std::move(layers)}};
}

}  // namespace

std::string to_json(const Report& report, const HostReport& host) {
  Json json = {{"version", kReportVersion},
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
               {"memory", memory_json(report)}};
  add_machine_sections(report, json);
  json["area"] = area_json(report.area);
  json["tenants"] = tenants_json(report);
  json["roofline"] = roofline_json(report);
  json["host"] = host_json(host);
  return json.dump(2) + "\n";
}

}  // namespace systolith
