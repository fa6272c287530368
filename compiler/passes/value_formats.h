// In which format and quantisation each value of a canonical graph is stored.
#pragma once

#include <map>
#include <string>

#include "compiler/kernels/kernel_graph.h"
#include "compiler/quantize/calibration.h"

namespace systolith {

struct ValueFormat {
  Format format = Format::fp32;
  Quantization quantization;
};
using ValueFormatMap = std::map<std::string, ValueFormat>;

// Whether the node only moves elements of its first input.
bool is_movement(const Node& node);

// Values that only move between one another (Concat, MaxPool, movements) share one format and
// quantisation, so that moving them is a copy or nothing. `format` where a convolution reads the
// value, directly or through other nodes; fp32 after the last convolution. In place of int4, values
// that no convolution has touched yet (inputs) are int8, and those that would have less than 4 of
// its 16 levels, with all that share their format.
// `sightings`: of every value (integers), with histograms for int4. `outputs`: those of the graph
// are stored as inputs are, else in fp32 behind the last convolution.
ValueFormatMap assign_formats(const Graph& graph, Format format, const SightingMap& sightings,
                              bool outputs);

// Of a graph with encodings: int8 with the model's own scales and zero points (uint8 codes are 128
// less) for values with an encoding and those that share their format; fp32 for all others.
ValueFormatMap encoded_formats(const Graph& graph);

}  // namespace systolith
