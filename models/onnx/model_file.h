// The bytes of a model file, decoded by ONNX's own protobuf schema.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace systolith {

// UserError: missing, empty, or not decodable (its size, and the offset and field that break it).
onnx::ModelProto parse_model_file(const std::string& path);

}  // namespace systolith
