// Options that say what a workload is and how it is compiled: shared by run, compile and export.
#pragma once

#include <CLI/CLI.hpp>

#include "sim/system/workload.h"

namespace systolith::cli {

void add_workload(CLI::App& command, WorkloadOptions& options);
void add_compile_options(CLI::App& command, WorkloadOptions& options);

// compile_options(); what --dump asks for goes to stdout.
CompileOptions compile_options_with_dump(const WorkloadOptions& options);

}  // namespace systolith::cli
