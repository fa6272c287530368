#include "sim/cli/tensors.h"

#include <fmt/ranges.h>

#include "compiler/kernels/interpret.h"
#include "compiler/quantize/calibration.h"
#include "sim/cli/npz.h"

namespace systolith::cli {
namespace {

// What to_codes() and from_codes() need to know of a tensor.
KernelTensor as_kernel_tensor(const ProgramTensor& tensor) {
  KernelTensor kernel_tensor;
  kernel_tensor.name = tensor.name;
  SYSTOLITH_CHECK(tensor.shape.size() <= 4, "'{}' has rank {}", tensor.name, tensor.shape.size());
  std::copy(tensor.shape.begin(), tensor.shape.end(), kernel_tensor.shape.begin());
  kernel_tensor.logical_shape = tensor.logical_shape;
  kernel_tensor.layout = tensor.layout == "hwio" ? Layout::hwio : Layout::nhwc;
  kernel_tensor.format = tensor.format;
  kernel_tensor.quantization = {tensor.scale, tensor.zero_point};
  return kernel_tensor;
}

std::vector<const ProgramTensor*> tensors_of(const ProgramHeader& header, TensorRole role) {
  std::vector<const ProgramTensor*> found;
  for (const ProgramTensor& tensor : header.tensors)
    if (tensor.role == role) found.push_back(&tensor);
  return found;
}

}  // namespace

TensorBytes input_codes(const ProgramHeader& header, const TensorMap& inputs) {
  TensorBytes codes;
  std::vector<std::string> names;
  std::vector<const ProgramTensor*> taken = tensors_of(header, TensorRole::input);
  for (const ProgramTensor* state : tensors_of(header, TensorRole::state)) taken.push_back(state);
  for (const ProgramTensor* tensor : taken) {
    names.push_back(tensor->name);
    const auto given = inputs.find(tensor->name);
    if (given == inputs.end() && tensor->role == TensorRole::state) continue;
    if (given == inputs.end()) user_error("--inputs: no array '{}'", tensor->name);
    if (given->second.shape != tensor->logical_shape)
      user_error("--inputs: '{}' has shape {}, the program takes {}", tensor->name,
                 to_string(given->second.shape), to_string(tensor->logical_shape));
    codes[tensor->name] = to_codes(as_kernel_tensor(*tensor), given->second);
  }
  for (const auto& input : inputs)
    if (codes.count(input.first) == 0)
      user_error("--inputs: the program has no input '{}' (it takes: {})", input.first,
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

namespace {

TensorMap network_inputs(const ProgramHeader& header, const std::string& npz, std::uint64_t seed) {
  if (!npz.empty()) return read_npz(npz);
  Graph graph;
  for (const ProgramTensor* tensor : tensors_of(header, TensorRole::input))
    graph.inputs.push_back({tensor->name,
                            tensor->format == Format::int32 ? DataType::int64 : DataType::float32,
                            tensor->logical_shape});
  return seeded_inputs(graph, seed);
}

}  // namespace

TensorMap program_inputs(const ProgramHeader& header, const std::string& npz,
                         const std::string& states, std::uint64_t seed) {
  TensorMap inputs = network_inputs(header, npz, seed);
  if (states.empty()) return inputs;
  TensorMap given = read_npz(states);
  for (const ProgramTensor* state : tensors_of(header, TensorRole::state)) {
    const auto found = given.find(state->name);
    if (found == given.end()) user_error("--states {}: no array '{}'", states, state->name);
    inputs[state->name] = std::move(found->second);
  }
  return inputs;
}

}  // namespace systolith::cli
