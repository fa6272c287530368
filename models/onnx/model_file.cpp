#include "models/onnx/model_file.h"

#include <google/protobuf/io/zero_copy_stream_impl.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "hw/base/error.h"
#include "models/onnx/wire_fault.h"

namespace systolith {
namespace {

[[noreturn]] void report_damage(const std::string& path, std::uintmax_t size) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto fault = find_wire_fault(*onnx::ModelProto::descriptor(), bytes);
  if (!fault) user_error("not an ONNX model, or a damaged one ({} bytes)", size);
  user_error("not an ONNX model, or a damaged one ({} bytes): at byte {}{}{}: {}", size,
             fault->offset, fault->field.empty() ? "" : ", field ", fault->field, fault->reason);
}

}  // namespace

onnx::ModelProto parse_model_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) user_error("no such file");
  if (!std::filesystem::is_regular_file(status)) user_error("not a file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) user_error("cannot be read");
  if (size == 0) user_error("the file is empty");
  // Protobuf's own limit on a message.
  if (size > static_cast<std::uintmax_t>(std::numeric_limits<int>::max()))
    user_error("the file has {} bytes, a model may have 2^31 - 1; more goes into external data",
               size);
  onnx::ModelProto model;
  google::protobuf::io::IstreamInputStream stream(&file);
  if (!model.ParseFromZeroCopyStream(&stream)) report_damage(path, size);
  return model;
}

}  // namespace systolith
