// Inputs that a network is calibrated on, batch by batch.
#pragma once

#include <vector>

#include "models/graph/graph.h"

namespace systolith {

// Standard normal values for every float32 input and 0 or 1 (a label that every classifier has) for
// every int64 one, codes around the middle of an int8 or uint8 one, the same on every host.
// UserError on other inputs.
TensorMap seeded_inputs(const Graph& graph, std::uint64_t seed);
// `count` batches of them, of the seeds seed, seed + 1, …
std::vector<TensorMap> seeded_batches(const Graph& graph, std::uint64_t seed, int count);

// How many of them it takes to see what values are, as far as they cost little: 1 to 16.
int affordable_batches(const Graph& graph);

// Cuts samples, arrays by input name, into batches of the graph's shapes. The first extent of an
// array is that of the input times the number of batches, which is the same for all; the others
// are the input's. Numbers become the input's type. UserError: an array missing, unknown or of
// another shape, numbers that the type does not hold.
std::vector<TensorMap> sample_batches(const Graph& graph, const TensorMap& samples);

}  // namespace systolith
