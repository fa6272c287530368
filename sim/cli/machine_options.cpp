#include "sim/cli/machine_options.h"

#include "hw/arch/read_machine.h"
#include "sim/system/vocabulary.h"

namespace systolith::cli {

void add_machine_options(CLI::App& command, MachineOptions& options) {
  command.add_option("--machine", options.source, "Machine description: a YAML file or a preset")
      ->type_name("M.yaml|PRESET");
  command.add_option("--set", options.overrides, "Override of the description; may be repeated")
      ->type_name("PATH.TO.KEY=VALUE")
      ->allow_extra_args(false);
}

Machine read(const MachineOptions& options) {
  return read_machine(options.source, options.overrides, vocabulary());
}

}  // namespace systolith::cli
