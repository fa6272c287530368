// Inputs of a network on a machine with a host.
#pragma once

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// What is read more than once is brought over the host's link once: the first kernel copies it.
void bring_host_inputs(KernelGraph& graph);

}  // namespace systolith
