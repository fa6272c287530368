// Tensors whose bytes lie in a file beside the model.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <string>

namespace systolith {

// The `bytes` bytes of an external tensor. The location is relative to `folder`, the model's, and
// must stay inside it. UserError: bad location, missing or short file (with offsets), a stated
// length that is not `bytes`.
std::string read_external_data(const onnx::TensorProto& tensor, const std::filesystem::path& folder,
                               std::size_t bytes);

}  // namespace systolith
