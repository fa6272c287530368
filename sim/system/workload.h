// What a workload is and how it is compiled, in the words of users: of the command line and of
// scenarios.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/compile.h"
#include "models/graph/graph.h"

namespace systolith {

struct WorkloadOptions {
  std::string workload;    // an .onnx file or a zoo model with parameters
  std::int64_t batch = 0;  // 0: not given
  std::string mode = "inference";
  std::string quantize;     // empty: not given
  std::string format;       // empty: not given
  std::string sparsity;     // empty: not given
  std::string weights;      // their float format; empty: as `format`
  std::string calibration;  // .npz, which the command line reads; empty: seeded
  std::string dump_pass;
  std::string optimizer, remat;  // of training; empty: not given
  double learning_rate = 0;      // 0: not given
  std::string dram_budget;       // empty: not given
  bool quantize_outputs = false, float_inputs = false;
  std::string mapping;  // a file; empty: the compiler's own
};

// Throws UserError on a combination that is not available.
CompileOptions compile_options(const WorkloadOptions& options);
Graph load(const WorkloadOptions& options);

}  // namespace systolith
