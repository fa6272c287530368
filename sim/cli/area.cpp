// systolith area: how large a machine is.
#include "sim/report/area.h"

#include <fmt/format.h>

#include <memory>

#include "sim/cli/cli.h"
#include "sim/cli/machine_options.h"
#include "sim/report/json_parts.h"

namespace systolith::cli {
namespace {

struct AreaCommandLine {
  MachineOptions machine;
  bool json = false;
};

void execute(const AreaCommandLine& command) {
  const AreaReport area = area_of(read(command.machine));
  fmt::print("{}", command.json ? area_json(area).dump(2) + "\n" : to_text(area));
}

}  // namespace

void add_area(CLI::App& app) {
  CLI::App* command = app.add_subcommand("area", "Estimate a machine's area");
  auto options = std::make_shared<AreaCommandLine>();
  add_machine_options(*command, options->machine);
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] { execute(*options); });
}

}  // namespace systolith::cli
