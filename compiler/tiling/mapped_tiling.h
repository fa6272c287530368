// A user's mapping of a convolution as a tiling.
#pragma once

#include <map>

#include "compiler/tiling/conv_tiling.h"

namespace systolith {

// The mapping of each kernel that has one, by its index. Throws UserError with its place: a layer
// that isn't there or is no product, a problem that no layer is, a layer that two are for.
std::map<std::size_t, const LayerMapping*> assign_mappings(const Mapping& mapping,
                                                           const KernelGraph& graph);

// Throws UserError with its place: factors that don't cover the problem, an order that the array
// can't take, loops across more of the array than there is, tiles that don't fit (what they need,
// what there is), a layer that mappings can't describe.
ConvTiling map_conv(const LayerMapping& mapping, const std::string& layer,
                    const ConvProblem& problem, const Machine& machine, const TileBudget& budget);

}  // namespace systolith
