// systolith check: validates a description without running anything.
#include <fmt/format.h>

#include <memory>

#include "hw/arch/document.h"
#include "hw/arch/preset_files.h"
#include "sim/cli/cli.h"
#include "sim/cli/machine_options.h"
#include "sim/serve/serve.h"
#include "sim/system/vocabulary.h"

namespace systolith::cli {
namespace {

// Neither a machine nor a scenario has axes or a workload.
bool is_sweep(const std::string& text, const std::string& path) {
  const DocumentNode root = parse_document(text, path);
  return root.find("axes") != nullptr || root.find("workload") != nullptr;
}

void check_scenario_file(const MachineOptions& options, const std::string& path) {
  const Scenario scenario = read_scenario(path, options.overrides);
  check_scenario(scenario);
  fmt::print("{}: scenario '{}' of {} tenants is valid\n", options.source, scenario.name,
             scenario.tenants.size());
}

void check_sweep(const MachineOptions& options) {
  if (!options.overrides.empty()) user_error("{} is a sweep: it takes no --set", options.source);
  become_extension("sweep", {"--check", options.source});
  user_error(
      "{} is a sweep: checking it needs the Python package (no program systolith-sweep on "
      "PATH)",
      options.source);
}

void execute(const MachineOptions& options) {
  const std::string path = machine_path(options.source, vocabulary());
  const std::string text = read_text_file(path, "description");
  if (is_scenario(text, path)) return check_scenario_file(options, path);
  if (is_sweep(text, path)) return check_sweep(options);
  const Machine machine = read(options);
  fmt::print("{}: machine '{}' is valid\n", options.source, machine.name);
}

}  // namespace

void add_check(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("check", "Validate the description of a machine, a scenario or a sweep");
  auto options = std::make_shared<MachineOptions>();
  command
      ->add_option("machine", options->source,
                   "YAML file or preset of a machine; a scenario's or sweep's file")
      ->type_name("FILE.yaml")
      ->required();
  command->add_option("--set", options->overrides, "Override of the description; may be repeated")
      ->type_name("PATH.TO.KEY=VALUE")
      ->allow_extra_args(false);
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
