// Graph (canonical, batch norms folded) to kernel graph: physical layout, quantisation, fusion.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "compiler/kernels/kernel_graph.h"
#include "models/graph/graph.h"

namespace systolith {

struct LowerOptions {
  Format format = Format::int8;   // of the array's operands: int8, int16, int4 (calibrated), floats
  std::optional<Format> weights;  // int4 beside int8, int8 beside int16, any float beside one
  std::optional<TensorMap> calibration;  // samples (compiler/quantize/samples.h); none: seeded
  std::uint64_t calibration_seed = 1;
  int calibration_batches = 0;  // 0: one, with int4 as many as cost little
  bool quantize_outputs = false, float_inputs = false;
  // Whether a pooling may be fused behind a convolution. The convolution's input, weights and
  // residual are tensors of the graph; its output is not there yet.
  std::function<bool(const KernelGraph&, const ConvKernel&, const PoolSpec&)> can_fuse_pool;
  std::function<void()> poll = [] {};  // called between the pieces of the work; may throw
  // Of a graph with states (compiler/training): by node name, becomes Kernel::phase.
  std::map<std::string, std::string> phases;
};

// Fuses bias, residual Add, activation and pooling into convolutions. Concats become views where
// they can, chains of movements become one copy each or nothing. Graph outputs are fp32, graph
// inputs, and with quantize_outputs these as well, in the array's format (int8 where that is int4);
// with float_inputs inputs are fp32 too, and the first kernels quantise them.
// UserError names a node that no kernel can do.
KernelGraph lower(const Graph& graph, const LowerOptions& options);

}  // namespace systolith
