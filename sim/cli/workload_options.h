// Options that say what a workload is and how it is compiled: shared by run, compile and export.
#pragma once

#include <CLI/CLI.hpp>

#include "sim/system/workload.h"

namespace systolith::cli {

void add_workload(CLI::App& command, WorkloadOptions& options);
void add_compile_options(CLI::App& command, WorkloadOptions& options);

// compile_options() with what the command line adds: Ctrl-C is answered, --calibration is read,
// what
// --dump asks for goes to stdout.
CompileOptions command_line_options(const WorkloadOptions& options);

}  // namespace systolith::cli
