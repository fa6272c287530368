// ONNX files in and out (opset 9 to 21).
#pragma once

#include <string>

#include "models/graph/graph.h"

namespace systolith {

inline constexpr int kOldestOpset = 9;
inline constexpr int kNewestOpset = 21;

// A `batch` parameter of 0 means: not given.
//
// Reads, checks, sorts and infers shapes. External data is resolved beside the file. A symbolic
// first dimension of an input takes `batch` (1 if not given); any other symbolic dimension is an
// error, and so is a batch that differs from fixed first dimensions. Doubles become float32, and so
// do float16 and bfloat16 but in models of the quantised operators alone; integers of widths the
// graph lacks become wider ones. UserError, beginning with the
// path: missing, truncated or garbage file (with the offset where known), unsupported ops (all in
// one message), opset out of range, cycle, shape mismatch.
Graph read_onnx(const std::string& path, std::int64_t batch = 0);

// Writes an opset-`graph.opset` model; the file appears only when complete.
// Requires: graph.values (infer_shapes) for the outputs' types.
void write_onnx(const Graph& graph, const std::string& path);

// A workload as users name it: a path ending in .onnx, or a zoo spec (models/zoo/zoo.h), whose own
// `batch` must not contradict this one.
Graph load_workload(const std::string& workload, std::int64_t batch = 0);

}  // namespace systolith
