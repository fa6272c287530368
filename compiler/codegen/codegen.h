// Kernel graph to program: tiling by cost, on-chip and DRAM allocation, command emission.
#pragma once

#include <functional>

#include "compiler/kernels/kernel_graph.h"
#include "compiler/tiling/mapping.h"
#include "hw/arch/machine.h"
#include "traces/format/program.h"

namespace systolith {

// Whether some tile of the convolution fits the machine with the pooling fused behind it.
bool can_fuse_pool(const Machine& machine, const KernelGraph& graph, const ConvKernel& conv,
                   const PoolSpec& pool);

// Chooses tiles (and sets each ConvKernel's k_channels, k_rows), places tensors and emits commands.
// With `with_values` the constants' packed data goes into the header. Whether there is as much DRAM
// as the header's memory says is the caller's to see.
// Layers that `mapping` names are cut and ordered as it says.
// `poll` is called kernel by kernel and may throw.
Program generate(KernelGraph& graph, const Machine& machine, bool with_values,
                 const Mapping& mapping, const std::function<void()>& poll);

}  // namespace systolith
