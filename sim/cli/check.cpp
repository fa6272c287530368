// systolith check: validates a description without running anything.
#include <fmt/format.h>

#include <memory>

#include "sim/cli/cli.h"
#include "sim/cli/machine_options.h"

namespace systolith::cli {

void add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand("check", "Validate a machine description");
  auto options = std::make_shared<MachineOptions>();
  command->add_option("machine", options->source, "YAML file or preset")
      ->type_name("FILE.yaml")
      ->required();
  command->add_option("--set", options->overrides, "Override of the description; may be repeated")
      ->type_name("PATH.TO.KEY=VALUE")
      ->allow_extra_args(false);
  command->callback([options] {
    const Machine machine = read(*options);
    fmt::print("{}: machine '{}' is valid\n", options->source, machine.name);
  });
}

}  // namespace systolith::cli
