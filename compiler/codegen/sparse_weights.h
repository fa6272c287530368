// Which N:M sparsity the weights of a convolution have.
#pragma once

#include "compiler/tiling/conv_tiling.h"

namespace systolith {

// Output channels [first, first + count) of a group.
struct ChannelRange {
  std::int64_t group = 0, first = 0, count = 0;
};

// Of what the machine's array takes, that which stores least of these channels; dense where their
// weights have none, or are computed by a run.
Sparsity sparsity_of(const Machine& machine, const KernelGraph& graph, const ConvKernel& conv,
                     const ConvProblem& problem, const ChannelRange& channels);
// Of all output channels.
Sparsity sparsity_of(const Machine& machine, const KernelGraph& graph, const ConvKernel& conv);

}  // namespace systolith
