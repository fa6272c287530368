// ONNX's model to a graph, not yet sorted, without shapes.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>

#include "models/graph/graph.h"

namespace systolith {

// Empties `model`'s initializers on the way, so that weights are not held twice. `folder` and
// `batch`: as in read_onnx().
Graph import_graph(onnx::ModelProto& model, const std::filesystem::path& folder,
                   std::int64_t batch);

// After infer_shapes(): the outputs are what the model declares them to be, where it does so with
// numbers. UserError naming the output and both shapes.
void check_declared_outputs(const onnx::GraphProto& proto, const Graph& graph);

}  // namespace systolith
