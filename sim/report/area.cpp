#include "sim/report/area.h"

#include <algorithm>

#include "hw/arch/area_keys.h"
#include "sim/report/text_table.h"

namespace systolith {
namespace {

constexpr double kSquareMicrometers = 1e6;  // of a square millimetre
constexpr std::int64_t kSumBits = 32;

double of(const EnergyTable& table, std::string_view key) {
  const auto found = table.square_micrometers.find(std::string(key));
  SYSTOLITH_CHECK(found != table.square_micrometers.end(),
                  "energy table '{}' does not measure '{}'", table.name, key);
  return found->second;
}

// In square micrometres.
double pe_area(const Machine& machine) {
  double integer = 0, floating = 0;
  std::int64_t operand_bits = 0;
  for (const Format format : machine.core.datapath.native) {
    double& largest = is_float(format) ? floating : integer;
    largest = std::max(largest, of(machine.energy, area_key(format)));
    operand_bits =
        std::max(operand_bits, is_float(format) ? 8 * bytes_of(format) : std::int64_t{8});
  }
  const std::int64_t registers = operand_bits * (1 + machine.core.array.weight_buffers) + kSumBits;
  return integer + floating + static_cast<double>(registers) * of(machine.energy, "register_bit");
}

}  // namespace

AreaReport area_of(const Machine& machine) {
  AreaReport report;
  report.table = machine.energy.name;
  const auto add = [&](const std::string& name, std::int64_t count, const char* unit, double each) {
    const double area = static_cast<double>(count) * each / kSquareMicrometers;
    report.components.push_back({name, count, unit, area});
    report.total_square_mm += area;
  };
  const CoreConfig& core = machine.core;
  const double byte = 8 * of(machine.energy, "sram_bit");
  add("array", core.count * core.array.rows * core.array.cols, "PEs", pe_area(machine));
  add("vector", core.count * core.vector.lanes, "lanes", of(machine.energy, "vector_lane"));
  add("scratchpad", core.count * core.scratchpad.capacity.count(), "bytes", byte);
  if (core.weights_apart())
    add("weight_scratchpad", core.count * core.weight_scratchpad.capacity.count(), "bytes", byte);
  add("accumulator", core.count * core.accumulator.capacity.count(), "bytes", byte);
  for (const LevelConfig& level : machine.memory)
    add(level.name, level.capacity.count(), "bytes", byte);
  return report;
}

std::string to_text(const AreaReport& area) {
  constexpr auto kLeft = TextTable::Align::left;
  TextTable table({{"component", kLeft}, {"count"}, {"of", kLeft}, {"area"}, {"share"}});
  const auto millimetres = [](double square_mm) { return fmt::format("{:.3f} mm2", square_mm); };
  for (const AreaComponent& part : area.components)
    table.add({part.name, with_thousands(part.count), part.unit, millimetres(part.square_mm),
               percent(part.square_mm / area.total_square_mm)});
  table.add({"total", "", "", millimetres(area.total_square_mm), ""});
  return fmt::format("Area ({})\n{}", area.table, table.text());
}

}  // namespace systolith
