#include "sim/report/json_parts.h"

#include "sim/report/named_causes.h"

namespace systolith {
namespace {

// Causes of levels by the names that `levels` have.
Json engines_json(const std::vector<EngineReport>& reports,
                  const std::vector<MemoryLevelReport>& levels) {
  const std::vector<NamedCause> causes = named_causes(levels);
  Json engines = Json::object();
  for (const EngineReport& engine : reports) {
    Json stalls = Json::object();
    for (const NamedCause& cause : causes)
      if (cause.reasons.front().cause != Cause::busy)
        stalls[cause.name] = cause.spent(engine.activity).count();
    engines[engine.name] = {{"busy", engine.activity.spent(Cause::busy).count()},
                            {"stalls", std::move(stalls)}};
  }
  return engines;
}

Json levels_json(const std::vector<MemoryLevelReport>& levels) {
  Json rows = Json::array();
  for (const MemoryLevelReport& level : levels) {
    const LevelTraffic& traffic = level.traffic;
    rows.push_back({{"name", level.name},
                    {"kind", level.kind},
                    {"bytes_read", traffic.bytes_read},
                    {"bytes_written", traffic.bytes_written},
                    {"hits", traffic.hits},
                    {"misses", traffic.misses},
                    {"hit_bytes", traffic.hit_bytes},
                    {"miss_bytes", traffic.miss_bytes},
                    {"bytes_in", traffic.bytes_in},
                    {"bytes_out", traffic.bytes_out},
                    {"bank_wait_cycles", traffic.bank_wait.count()},
                    {"miss_wait_cycles", traffic.miss_wait.count()}});
  }
  return rows;
}

Json links_json(const std::vector<LinkTraffic>& links) {
  Json rows = Json::array();
  for (const LinkTraffic& link : links)
    rows.push_back({{"name", link.name},
                    {"bytes", link.bytes},
                    {"packets", link.packets},
                    {"busy_cycles", link.busy.count()},
                    {"peak_flits", link.peak_flits}});
  return rows;
}

Json dram_json(const DramReport& dram, double bandwidth_fraction) {
  return {{"bytes_read", dram.bytes_read}, {"bytes_written", dram.bytes_written},
          {"requests", dram.requests},     {"row_hits", dram.row_hits},
          {"row_misses", dram.row_misses}, {"bandwidth_fraction", bandwidth_fraction}};
}

Json bandwidth_json(const BandwidthReport& bandwidth) {
  const auto series = [](const BandwidthSeries& of) {
    return Json{{"name", of.name}, {"read_bytes", of.read}, {"written_bytes", of.written}};
  };
  Json levels = Json::array(), channels = Json::array();
  for (const BandwidthSeries& level : bandwidth.levels) levels.push_back(series(level));
  for (const std::vector<std::int64_t>& channel : bandwidth.channels) channels.push_back(channel);
  return {{"interval_cycles", bandwidth.interval.count()},
          {"dram", series(bandwidth.dram)},
          {"dram_channels", std::move(channels)},
          {"levels", std::move(levels)},
          {"interconnect", bandwidth.interconnect}};
}

}  // namespace

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

void add_machine_sections(const MachineReport& report, Json& json) {
  json["engines"] = engines_json(report.engines, report.levels);
  json["levels"] = levels_json(report.levels);
  json["links"] = links_json(report.links);
  json["dram"] = dram_json(report.dram, report.bandwidth_fraction);
  json["bandwidth"] = bandwidth_json(report.bandwidth);
  json["energy"] = energy_json(report.energy);
}

Json area_json(const AreaReport& area) {
  Json components = Json::object();
  for (const AreaComponent& part : area.components)
    components[part.name] = {{part.unit, part.count}, {"square_mm", part.square_mm}};
  return {{"table", area.table},
          {"components", std::move(components)},
          {"total_square_mm", area.total_square_mm}};
}

Json host_json(const HostReport& host) {
  return {{"wall_seconds", host.wall_seconds},
          {"cpu_seconds", host.cpu_seconds},
          {"compile_seconds", host.compile_seconds},
          {"simulate_cpu_seconds", host.simulate_cpu_seconds},
          {"peak_rss_bytes", host.peak_rss_bytes}};
}

}  // namespace systolith
