// --machine and --set, shared by every subcommand that needs a machine.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "hw/arch/machine.h"

namespace systolith::cli {

struct MachineOptions {
  std::string source = "edge_npu";  // a file or a preset's name
  std::vector<std::string> overrides;
};

void add_machine_options(CLI::App& command, MachineOptions& options);
Machine read(const MachineOptions& options);

}  // namespace systolith::cli
