// What a workload is and how it is compiled: shared by run, compile and export.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "compiler/compile.h"
#include "models/graph/graph.h"

namespace systolith::cli {

struct WorkloadOptions {
  std::string workload;    // an .onnx file or a zoo model with parameters
  std::int64_t batch = 0;  // 0: not given
  std::string mode = "inference";
  std::string quantize;     // empty: not given
  std::string format;       // empty: not given
  std::string calibration;  // .npz; empty: seeded
  std::string dump_pass;
  std::string optimizer, remat;  // of training; empty: not given
  double learning_rate = 0;      // 0: not given
  std::string dram_budget;       // empty: not given
};

void add_workload(CLI::App& command, WorkloadOptions& options);
void add_compile_options(CLI::App& command, WorkloadOptions& options);

// Throws UserError on a combination that is not available.
CompileOptions compile_options(const WorkloadOptions& options);
Graph load(const WorkloadOptions& options);

}  // namespace systolith::cli
