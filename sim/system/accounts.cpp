#include "sim/system/accounts.h"

#include "hw/arch/energy_keys.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

// Closes every engine's account at `total`.
std::vector<EngineReport> engine_reports(Top& top, Cycles total) {
  std::vector<EngineReport> reports;
  const auto add = [&](const std::string& core, std::string_view engine, Activity& activity) {
    activity.close(total);
    SYSTOLITH_CHECK(activity.total() == total, "{}.{}: causes sum to {} of {} cycles", core, engine,
                    activity.total().count(), total.count());
    reports.push_back({fmt::format("{}.{}", core, engine), activity});
  };
  for (const auto& core : top.cores) {
    add(core->label(), "command_processor", core->command_processor.activity());
    for (EngineModule* engine : core->engines())
      add(core->label(), to_string(engine->engine()), engine->activity());
  }
  return reports;
}

// Bytes that a level's banks read or write: requests', and those of lines that come and go.
std::int64_t accessed(const LevelTraffic& t) {
  return t.bytes_read + t.bytes_written + t.bytes_in + t.bytes_out;
}

// What energy is computed from, but for DRAM's.
EventCounts event_counts(const Top& top) {
  constexpr std::int64_t kUnit = 8;  // bytes of a memory or link event (hw/arch/energy_keys.h)
  EventCounts events;
  for (const EnergyKey& key : kEnergyKeys) events[std::string(key.name)] = 0;
  for (const auto& core : top.cores) {
    for (const auto& [operands, count] : core->array.products())
      events[std::string(mac_key(operands.first, operands.second))] += count;
    events["vector_op"] += core->vector_unit.lane_operations();
    events["scratchpad_read"] += ceil_div(core->scratchpad.bytes_read(), kUnit);
    events["scratchpad_write"] += ceil_div(core->scratchpad.bytes_written(), kUnit);
    events["accumulator_access"] += core->accumulators.accesses();
  }
  for (const auto& level : top.levels)
    events["level_access"] += ceil_div(accessed(level->traffic()), kUnit);
  events["interconnect"] = ceil_div(top.interconnect->bytes_moved(), kUnit);
  return events;
}

// In the machine's order; under strict isolation every tenant's own.
std::vector<MemoryLevelReport> level_reports(const Top& top) {
  std::vector<MemoryLevelReport> reports;
  for (std::size_t i = 0; i < top.levels.size(); ++i) {
    const LevelConfig& config = top.memory_map.levels()[i].config;
    const LevelTraffic traffic = top.levels[i]->traffic();
    SYSTOLITH_CHECK(
        traffic.hit_bytes + traffic.miss_bytes == traffic.bytes_read + traffic.bytes_written,
        "{}: {} bytes hit and {} missed of {} read and {} written", config.name, traffic.hit_bytes,
        traffic.miss_bytes, traffic.bytes_read, traffic.bytes_written);
    reports.push_back({config.name, config.kind, traffic});
  }
  return reports;
}

DramReport dram_report(Top& top, Femtoseconds end) {
  top.dram.settle(end);
  const DramTraffic traffic = top.dram.traffic();
  DramReport report;
  report.bytes_read = traffic.bytes_read;
  report.bytes_written = traffic.bytes_written;
  report.requests = traffic.requests;
  report.row_hits = traffic.row_hits;
  report.row_misses = traffic.row_misses;
  report.events = traffic.events;
  return report;
}

}  // namespace

MachineWork machine_work(Top& top, Hertz clock, Cycles end) {
  MachineWork work;
  work.total_cycles = end;
  work.seconds = static_cast<double>(end.count()) / static_cast<double>(clock.count());
  for (const auto& core : top.cores) {
    work.macs += core->array.macs();
    work.mac_slots += core->array.mac_slots();
  }
  work.engines = engine_reports(top, end);
  work.levels = level_reports(top);
  work.links = top.interconnect->links();
  work.dram = dram_report(top, EdgeClock(clock).edge(end));
  work.bandwidth = bandwidth_of(top);
  work.events = event_counts(top);
  return work;
}

std::string waiting(const Top& top) {
  std::string text;
  for (const auto& core : top.cores) {
    const auto line = [&](const std::string& who, const std::string& waits) {
      if (!waits.empty()) text += fmt::format("\n  {}: {}", who, waits);
    };
    line(core->command_processor.name(), core->command_processor.describe_wait());
    line(core->command_processor.sync.name(), core->command_processor.sync.describe_wait());
    for (const EngineModule* engine : core->engines())
      line(engine->name(), engine->describe_wait());
  }
  return text;
}

}  // namespace systolith
