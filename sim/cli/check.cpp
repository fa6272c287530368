// systolith check: validates a description without running anything.
#include <fmt/format.h>

#include <memory>

#include "hw/arch/preset_files.h"
#include "sim/cli/cli.h"
#include "sim/cli/machine_options.h"
#include "sim/serve/serve.h"
#include "sim/system/vocabulary.h"

namespace systolith::cli {
namespace {

void execute(const MachineOptions& options) {
  const std::string path = machine_path(options.source, vocabulary());
  if (is_scenario(read_text_file(path, "description"), path)) {
    const Scenario scenario = read_scenario(path, options.overrides);
    check_scenario(scenario);
    fmt::print("{}: scenario '{}' of {} tenants is valid\n", options.source, scenario.name,
               scenario.tenants.size());
  } else {
    const Machine machine = read(options);
    fmt::print("{}: machine '{}' is valid\n", options.source, machine.name);
  }
}

}  // namespace

void add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand("check", "Validate a machine description or a scenario");
  auto options = std::make_shared<MachineOptions>();
  command->add_option("machine", options->source, "YAML file or preset")
      ->type_name("FILE.yaml")
      ->required();
  command->add_option("--set", options->overrides, "Override of the description; may be repeated")
      ->type_name("PATH.TO.KEY=VALUE")
      ->allow_extra_args(false);
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
