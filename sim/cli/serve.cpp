// systolith serve: tenants that share a machine.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>

#include "sim/cli/cli.h"
#include "sim/cli/host_clock.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/output.h"
#include "sim/report/progress.h"
#include "sim/serve/serve.h"

namespace systolith::cli {
namespace {

struct ServeCommand {
  std::string scenario;
  std::vector<std::string> overrides;
  std::string out;
  std::string timeline = "layers";
  bool progress = false;
};

constexpr const char* kReportFile = "report.json";
constexpr const char* kRequestsFile = "requests.csv";
constexpr const char* kTimelineFile = "timeline.json";

std::string timeline_of(const TenantSpec& tenant) {
  return fmt::format("timeline_{}.json", tenant.name);
}

std::vector<std::string> output_files(const Scenario& scenario) {
  std::vector<std::string> files = {kReportFile, kRequestsFile, kTimelineFile};
  for (const TenantSpec& tenant : scenario.tenants) files.push_back(timeline_of(tenant));
  return files;
}

ServeTimelines timelines(const Scenario& scenario, const OutputDirectory& out,
                         const std::string& detail) {
  ServeTimelines files;
  if (detail == "none") return files;
  files.detail = detail == "commands" ? TimelineDetail::commands
                 : detail == "layers" ? TimelineDetail::layers
                                      : TimelineDetail::requests;
  files.all = out.file(kTimelineFile).string();
  for (const TenantSpec& tenant : scenario.tenants)
    files.tenant.push_back(out.file(timeline_of(tenant)).string());
  return files;
}

void execute(const ServeCommand& command) {
  HostClock clock;
  const Scenario scenario = read_scenario(command.scenario, command.overrides);
  std::optional<OutputDirectory> out;
  if (!command.out.empty()) out.emplace(command.out, output_files(scenario));
  ServeOptions options;
  options.poll = stop_if_interrupted;
  options.prepared = [&clock] { clock.compiled(); };
  if (out) options.timelines = timelines(scenario, *out, command.timeline);
  std::optional<Served> served;
  {
    const bool terminal = isatty(STDERR_FILENO) != 0;
    ProgressLine line(scenario.name, terminal           ? ProgressLine::Style::redrawn
                                     : command.progress ? ProgressLine::Style::lines
                                                        : ProgressLine::Style::hidden);
    options.progress = [&line](Cycles now, double fraction) {
      line.update(now, fraction);
      return !interrupted();
    };
    served = serve(scenario, options);
  }
  fmt::print("{}", to_text(served->report));
  stop_if_interrupted();
  if (!out) return;
  out->write(kReportFile, to_json(served->report, clock.report()));
  out->write(kRequestsFile, served->requests);
  out->commit();
  fmt::print("results in {}\n", command.out);
}

}  // namespace

void add_serve(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("serve", "Serve the requests of tenants that share a machine");
  auto options = std::make_shared<ServeCommand>();
  command->add_option("scenario", options->scenario, "Tenants and their machine")
      ->type_name("SCENARIO.yaml")
      ->required();
  command->add_option("--set", options->overrides, "Override of the machine; may be repeated")
      ->type_name("PATH.TO.KEY=VALUE")
      ->allow_extra_args(false);
  command->add_option("--out", options->out, "Directory for report, requests and timelines")
      ->type_name("DIR");
  command
      ->add_option("--timeline", options->timeline,
                   "What the timelines show: requests, layers of each, commands, or none")
      ->type_name("DETAIL")
      ->check(CLI::IsMember({"none", "requests", "layers", "commands"}));
  command->add_flag("--progress", options->progress,
                    "Show progress where stderr is no terminal too");
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
