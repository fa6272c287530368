#include "models/onnx/external_data.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include "hw/base/error.h"

namespace systolith {
namespace {

namespace fs = std::filesystem;

const std::string* entry(const onnx::TensorProto& tensor, const std::string& key) {
  for (const auto& pair : tensor.external_data())
    if (pair.key() == key) return &pair.value();
  return nullptr;
}

std::optional<std::uint64_t> number(const onnx::TensorProto& tensor, const std::string& key) {
  const std::string* text = entry(tensor, key);
  if (text == nullptr) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end)
    user_error("tensor '{}': external data has {} '{}', not a number", tensor.name(), key, *text);
  return value;
}

fs::path resolve(const onnx::TensorProto& tensor, const fs::path& folder) {
  const std::string* location = entry(tensor, "location");
  if (location == nullptr || location->empty())
    user_error("tensor '{}': external data has no location", tensor.name());
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
  const fs::path target = fs::weakly_canonical(root / *location, error);
  const auto [root_end, unused] =
      std::mismatch(root.begin(), root.end(), target.begin(), target.end());
  if (error || fs::path(*location).is_absolute() || root_end != root.end())
    user_error("tensor '{}': external data '{}' lies outside the model's folder", tensor.name(),
               *location);
  if (!fs::is_regular_file(target, error))
    user_error("tensor '{}': external data '{}' does not exist", tensor.name(), *location);
  return target;
}

}  // namespace

std::string read_external_data(const onnx::TensorProto& tensor, const fs::path& folder,
                               std::size_t bytes) {
  const fs::path path = resolve(tensor, folder);
  const std::uint64_t offset = number(tensor, "offset").value_or(0);
  const std::uint64_t length = number(tensor, "length").value_or(bytes);
  if (length != bytes)
    user_error("tensor '{}' needs {} bytes by its shape, its external data has a length of {}",
               tensor.name(), bytes, length);
  const std::uint64_t size = fs::file_size(path);
  if (offset > size || bytes > size - offset)
    user_error("tensor '{}': external data '{}' ends at byte {}, needed are {} bytes from byte {}",
               tensor.name(), path.filename().string(), size, bytes, offset);
  std::string data(bytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  if (!file.read(data.data(), static_cast<std::streamsize>(bytes)))
    user_error("tensor '{}': external data '{}' cannot be read at byte {}", tensor.name(),
               path.filename().string(), offset);
  return data;
}

}  // namespace systolith
