// systolith dram: the DRAM model alone, on a request trace.
#include <fmt/format.h>

#include <memory>

#include "hw/dram/dram_replay.h"
#include "sim/cli/cli.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/machine_options.h"
#include "sim/report/json_parts.h"
#include "sim/report/report.h"
#include "sim/report/text_table.h"

namespace systolith::cli {
namespace {

struct DramCommandLine {
  std::string requests;
  MachineOptions machine;
  std::int64_t outstanding = 32;
  bool json = false;
};

// The report's figures, in the order of both its forms.
struct DramFigures {
  const DramConfig& dram;
  const ReplayReport& report;

  std::int64_t bytes(std::int64_t bursts) const { return bursts * dram.burst().count(); }
  double seconds() const {
    return static_cast<double>(report.cycles.count()) /
           static_cast<double>(dram.facts.clock.count());
  }
  double bandwidth() const {
    const std::int64_t moved = bytes(report.counters.reads + report.counters.writes);
    return moved == 0 ? 0 : static_cast<double>(moved) / seconds();
  }
  double bandwidth_fraction() const { return bandwidth() / dram.peak_bytes_per_second(); }
  EnergyReport energy() const { return energy_of(dram.facts, report.counters.events(), seconds()); }
};

Json latency_json(const LatencyCount& latency) {
  if (latency.count() == 0) return {{"mean", {}}, {"p50", {}}, {"p99", {}}, {"max", {}}};
  return {{"mean", latency.mean()},
          {"p50", latency.percentile(0.50).count()},
          {"p99", latency.percentile(0.99).count()},
          {"max", latency.max().count()}};
}

std::string json_text(const DramFigures& figures) {
  const DramCounters& counters = figures.report.counters;
  Json commands;
  for (std::size_t i = 0; i < kDramCommands; ++i)
    commands[std::string(kDramCommandNames[i])] = counters.commands[i];
  const Json all = {{"total_cycles", figures.report.cycles.count()},
                    {"seconds", figures.seconds()},
                    {"reads", counters.reads},
                    {"writes", counters.writes},
                    {"forwarded", counters.forwarded},
                    {"bytes_read", figures.bytes(counters.reads)},
                    {"bytes_written", figures.bytes(counters.writes)},
                    {"bandwidth", figures.bandwidth()},
                    {"bandwidth_fraction", figures.bandwidth_fraction()},
                    {"latency", latency_json(figures.report.read_latency)},
                    {"row_hits", counters.row_hits},
                    {"row_misses", counters.row_misses},
                    {"commands", commands},
                    {"energy", energy_json(figures.energy())}};
  return all.dump(2) + "\n";
}

std::string latency_text(const LatencyCount& latency) {
  if (latency.count() == 0) return "no reads";
  return fmt::format("mean {:.2f}, p50 {}, p99 {}, max {} clocks", latency.mean(),
                     latency.percentile(0.50).count(), latency.percentile(0.99).count(),
                     latency.max().count());
}

std::string energy_text(const DramFigures& figures) {
  const EnergyReport energy = figures.energy();
  const auto bits = 8 * static_cast<double>(figures.bytes(figures.report.counters.reads +
                                                          figures.report.counters.writes));
  std::string text;
  const auto line = [&](const std::string& name, double picojoules) {
    text += fmt::format("{:<16} {:>12.3f} nJ, {:.2f} pJ a bit\n", name, picojoules * 1e-3,
                        ratio(picojoules, bits));
  };
  for (const EnergyComponent& part : energy.components) line(part.name, part.picojoules);
  line("energy", energy.total_picojoules);
  return text;
}

std::string plain_text(const DramFigures& figures) {
  const DramCounters& counters = figures.report.counters;
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("{:<13} {}\n", name, value);
  };
  line("total cycles", with_thousands(figures.report.cycles.count()));
  line("time", fmt::format("{:.3f} us", figures.seconds() * 1e6));
  line("reads", with_thousands(counters.reads));
  line("writes", with_thousands(counters.writes));
  line("bandwidth", fmt::format("{}B/s, {} of the pins' peak", human_si(figures.bandwidth()),
                                percent(figures.bandwidth_fraction())));
  line("read latency", latency_text(figures.report.read_latency));
  line("row hits", with_thousands(counters.row_hits));
  line("row misses", with_thousands(counters.row_misses));
  for (std::size_t i = 0; i < kDramCommands; ++i)
    if (counters.commands[i] != 0)
      line(std::string(kDramCommandNames[i]).c_str(), with_thousands(counters.commands[i]));
  text += energy_text(figures);
  return text;
}

void execute(const DramCommandLine& command) {
  constexpr std::int64_t kBetweenLooks = 1 << 16;
  const DramConfig dram = read(command.machine).dram;
  DramReplay replay(dram, command.outstanding);
  RequestTrace trace(command.requests, dram);
  std::int64_t taken = 0;
  const ReplayReport report = replay.run([&](TraceRequest& request) {
    if (++taken % kBetweenLooks == 0) stop_if_interrupted();
    return trace.next(request);
  });
  const DramFigures figures{dram, report};
  fmt::print("{}", command.json ? json_text(figures) : plain_text(figures));
}

}  // namespace

void add_dram(CLI::App& app) {
  CLI::App* command = app.add_subcommand("dram", "Run the DRAM model alone, on a request trace");
  auto options = std::make_shared<DramCommandLine>();
  command
      ->add_option("requests", options->requests,
                   "Trace: 'R|W 0xADDRESS [CLOCK]', one native burst a line")
      ->type_name("REQUESTS")
      ->required();
  add_machine_options(*command, options->machine);
  command->add_option("--outstanding", options->outstanding, "Reads in flight at a time")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20));
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
