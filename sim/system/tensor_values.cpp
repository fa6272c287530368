#include "sim/system/tensor_values.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/kernels/interpret.h"

namespace systolith {
namespace {

// What to_codes() and from_codes() need to know of a tensor.
KernelTensor as_kernel_tensor(const ProgramTensor& tensor) {
  KernelTensor kernel_tensor;
  kernel_tensor.name = tensor.name;
  SYSTOLITH_CHECK(tensor.shape.size() <= 4, "'{}' has rank {}", tensor.name, tensor.shape.size());
  std::copy_backward(tensor.shape.begin(), tensor.shape.end(), kernel_tensor.shape.end());
  kernel_tensor.logical_shape = tensor.logical_shape;
  kernel_tensor.layout = tensor.layout == "hwio" ? Layout::hwio : Layout::nhwc;
  kernel_tensor.format = tensor.format;
  kernel_tensor.quantization = {tensor.scale, tensor.zero_point};
  return kernel_tensor;
}

}  // namespace

std::vector<const ProgramTensor*> tensors_of(const ProgramHeader& header, TensorRole role) {
  std::vector<const ProgramTensor*> found;
  for (const ProgramTensor& tensor : header.tensors)
    if (tensor.role == role) found.push_back(&tensor);
  return found;
}

TensorBytes input_codes(const ProgramHeader& header, const TensorMap& inputs,
                        const std::string& origin) {
  TensorBytes codes;
  std::vector<std::string> names;
  std::vector<const ProgramTensor*> taken = tensors_of(header, TensorRole::input);
  for (const ProgramTensor* state : tensors_of(header, TensorRole::state)) taken.push_back(state);
  for (const ProgramTensor* tensor : taken) {
    names.push_back(tensor->name);
    const auto given = inputs.find(tensor->name);
    if (given == inputs.end() && tensor->role == TensorRole::state) continue;
    if (given == inputs.end()) user_error("{}: no array '{}'", origin, tensor->name);
    if (given->second.shape != tensor->logical_shape)
      user_error("{}: '{}' has shape {}, the program takes {}", origin, tensor->name,
                 to_string(given->second.shape), to_string(tensor->logical_shape));
    codes[tensor->name] = to_codes(as_kernel_tensor(*tensor), given->second);
  }
  for (const auto& input : inputs)
    if (codes.count(input.first) == 0)
      user_error("{}: the program has no input '{}' (it takes: {})", origin, input.first,
                 fmt::join(names, ", "));
  return codes;
}

TensorMap output_values(const ProgramHeader& header, const TensorBytes& outputs) {
  TensorMap values;
  for (const TensorRole role : {TensorRole::output, TensorRole::state})
    for (const ProgramTensor* tensor : tensors_of(header, role))
      values[tensor->name] = from_codes(as_kernel_tensor(*tensor), outputs.at(tensor->name));
  return values;
}

void require_values(const ProgramHeader& header, const std::string& path) {
  const auto has_weights = [](const ProgramLayer& layer) { return layer.weight_bytes > 0; };
  if (header.data.empty() && std::any_of(header.layers.begin(), header.layers.end(), has_weights))
    user_error(
        "{}: holds no weights, so --values has nothing to compute with; compile it with "
        "--values",
        path);
}

}  // namespace systolith
