#include "sim/report/tables.h"

#include <algorithm>

#include <set>

#include "sim/report/named_causes.h"
#include "sim/report/text_table.h"

namespace systolith {
namespace {

using Column = TextTable::Column;
constexpr auto kLeft = TextTable::Align::left;
constexpr auto kRight = TextTable::Align::right;

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string titled(const std::string& title, const std::string& body) {
  return title + "\n" + body + "\n";
}

}  // namespace

std::string layer_section(const Report& report) {
  // A column that says the same in every line says nothing.
  std::set<std::string> dataflows;
  for (const ReportLayer& layer : report.layers)
    if (!layer.dataflow.empty()) dataflows.insert(layer.dataflow);
  const bool several = dataflows.size() > 1;
  std::vector<Column> columns = {{"layer", kLeft}, {"op", kLeft}, {"format", kLeft}};
  if (several) columns.push_back({"dataflow", kLeft});
  for (const char* title : {"cycles", "of total", "MACs", "array", "DRAM"})
    columns.push_back({title, kRight});
  columns.push_back({"bound by", kLeft});
  TextTable table(columns);
  for (const ReportLayer& layer : report.layers) {
    std::vector<std::string> row = {shortened(layer.name, 36), shortened(layer.op, 24),
                                    layer.format};
    if (several) row.push_back(layer.dataflow);
    row.insert(row.end(), {with_thousands(layer.cycles.count()),
                           percent(share(layer.cycles.count(), report.total_cycles.count())),
                           human_si(static_cast<double>(layer.macs)), percent(layer.utilization),
                           human_bytes(layer.dram_bytes), std::string(to_string(layer.bound_by))});
    table.add(std::move(row));
  }
  return titled("Layers (array: share of the array's peak from the layer's first work to its end)",
                table.text());
}

std::string phase_section(const Report& report) {
  if (report.phases.empty()) return "";
  TextTable table({{"phase", kLeft}, {"cycles"}, {"of total"}, {"MACs"}, {"DRAM"}});
  for (const PhaseReport& phase : report.phases)
    table.add({phase.name, with_thousands(phase.cycles.count()),
               percent(share(phase.cycles.count(), report.total_cycles.count())),
               human_si(static_cast<double>(phase.macs)), human_bytes(phase.dram_bytes)});
  return titled("Training step", table.text());
}

std::string memory_section(const Report& report) {
  TextTable table({{"DRAM planned"}, {"DRAM reached"}, {"computed tensors, at most"}});
  table.add({human_bytes(report.memory.dram_bytes), human_bytes(report.dram.bytes_reached),
             human_bytes(report.memory.live_bytes)});
  return titled("Memory", table.text());
}

std::string engine_section(const Report& report) {
  std::vector<NamedCause> causes;  // those that any engine has cycles of
  for (const NamedCause& cause : named_causes(report.levels))
    if (std::any_of(report.engines.begin(), report.engines.end(), [&](const EngineReport& engine) {
          return cause.spent(engine.activity) != Cycles(0);
        }))
      causes.push_back(cause);
  std::vector<Column> columns = {{"engine", kLeft}};
  for (const NamedCause& cause : causes) columns.push_back({cause.name, kRight});
  TextTable table(std::move(columns));
  for (const EngineReport& engine : report.engines) {
    std::vector<std::string> cells = {engine.name};
    for (const NamedCause& cause : causes) {
      const std::int64_t spent = cause.spent(engine.activity).count();
      cells.push_back(spent == 0 ? "-" : percent(share(spent, report.total_cycles.count())));
    }
    table.add(std::move(cells));
  }
  return titled("Where every engine's cycles went", table.text());
}

std::string level_section(const Report& report) {
  if (report.levels.empty()) return "";
  TextTable table({{"level", kLeft},
                   {"kind", kLeft},
                   {"read"},
                   {"written"},
                   {"hit rate"},
                   {"from behind"},
                   {"to behind"},
                   {"bank wait"},
                   {"miss wait"}});
  for (const MemoryLevelReport& level : report.levels) {
    const LevelTraffic& traffic = level.traffic;
    const std::int64_t accesses = traffic.hits + traffic.misses;
    table.add({level.name, level.kind, human_bytes(traffic.bytes_read),
               human_bytes(traffic.bytes_written),
               accesses == 0 ? "-" : percent(share(traffic.hits, accesses)),
               human_bytes(traffic.bytes_in), human_bytes(traffic.bytes_out),
               with_thousands(traffic.bank_wait.count()),
               with_thousands(traffic.miss_wait.count())});
  }
  return titled("Memory levels (waits in cycles, summed over accesses)", table.text());
}

std::string dram_section(const Report& report) {
  TextTable table({{"read"}, {"written"}, {"requests"}, {"row hits"}, {"row misses"}, {"of peak"}});
  table.add({human_bytes(report.dram.bytes_read), human_bytes(report.dram.bytes_written),
             with_thousands(report.dram.requests), with_thousands(report.dram.row_hits),
             with_thousands(report.dram.row_misses), percent(report.bandwidth_fraction)});
  return titled("DRAM traffic", table.text());
}

std::string roofline_section(const Report& report) {
  const Roofline& roof = report.roofline;
  TextTable table({{"peak MAC/s"},
                   {"peak B/s"},
                   {"MAC/B"},
                   {"attainable MAC/s"},
                   {"achieved MAC/s"},
                   {"of attainable"},
                   {"bound by", kLeft}});
  table.add({human_si(roof.peak_macs_per_second), human_si(roof.peak_bytes_per_second),
             fmt::format("{:.1f}", roof.operational_intensity), human_si(roof.attainable),
             human_si(roof.achieved),
             percent(roof.attainable > 0 ? roof.achieved / roof.attainable : 0), roof.bound});
  return titled("Roofline", table.text());
}

std::string energy_section(const Report& report) {
  TextTable table({{"component", kLeft}, {"events"}, {"energy"}, {"share"}});
  const double total = report.energy.total_picojoules;
  const auto joules = [](double picojoules) {
    return fmt::format("{:.3f} uJ", picojoules * 1e-6);  // a picojoule is 1e-6 microjoule
  };
  for (const EnergyComponent& component : report.energy.components)
    table.add({component.name, human_si(static_cast<double>(component.events)),
               joules(component.picojoules),
               percent(total > 0 ? component.picojoules / total : 0)});
  table.add({"total", "", joules(total), fmt::format("{:.3f} W", report.energy.average_watts)});
  return titled(fmt::format("Energy ({})", report.energy.table), table.text());
}

std::string total_section(const Report& report) {
  return fmt::format("{} on {}: {} cycles, {:.3f} ms at {}Hz, {} MACs, array {} used\n",
                     report.workload, report.machine, with_thousands(report.total_cycles.count()),
                     report.seconds * 1e3, human_si(static_cast<double>(report.clock.count())),
                     human_si(static_cast<double>(report.macs)), percent(report.array_utilization));
}

std::string to_text(const Report& report) {
  return layer_section(report) + phase_section(report) + engine_section(report) +
         level_section(report) + dram_section(report) + memory_section(report) +
         roofline_section(report) + energy_section(report) + total_section(report);
}

}  // namespace systolith
