// ONNX's stored tensors to the graph's, and back.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>

#include "models/graph/graph.h"

namespace systolith {

// External data is looked for in `folder`. UserError: unsupported element type, negative or
// uncountable shape, data that disagrees with the shape.
Tensor import_tensor(const onnx::TensorProto& proto, const std::filesystem::path& folder);

onnx::TensorProto export_tensor(const std::string& name, const Tensor& tensor);

}  // namespace systolith
