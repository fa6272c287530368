// In which format and layout each value of a training graph is stored.
#pragma once

#include <set>
#include <string>

#include "compiler/passes/value_formats.h"

namespace systolith {

struct TrainingValues {
  ValueFormatMap formats;
  std::set<std::string> hwio;  // the others are nhwc
};

// Mixed precision: states, parameters' gradients and what updates them, values per channel, scores
// that only the loss reads, and the loss are fp32; everything else, activations and their
// gradients, is in `format`. int64 values are int32. A convolution's weights, their gradients and
// the optimiser's tensors are hwio. `phases`: "update" by node name for the optimiser's nodes.
TrainingValues assign_training_values(const Graph& graph, Format format,
                                      const std::map<std::string, std::string>& phases);

}  // namespace systolith
