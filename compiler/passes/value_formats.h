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
// value, directly or through other nodes; fp32 after the last convolution.
ValueFormatMap assign_formats(const Graph& graph, Format format, const RangeMap& ranges);

}  // namespace systolith
