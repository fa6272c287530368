#include "sim/cli/tensors.h"

#include "compiler/quantize/samples.h"
#include "sim/cli/npz.h"
#include "sim/system/tensor_values.h"

namespace systolith::cli {
namespace {

// Of scale 1: the model takes codes, uint8 ones where they lie 128 lower.
DataType type_of(const ProgramTensor& tensor) {
  if (tensor.format == Format::int32) return DataType::int64;
  if (tensor.format != Format::int8 || tensor.scale != 1) return DataType::float32;
  return tensor.zero_point == 0 ? DataType::int8 : DataType::uint8;
}

TensorMap network_inputs(const ProgramHeader& header, const std::string& npz, std::uint64_t seed) {
  if (!npz.empty()) return read_npz(npz);
  Graph graph;
  for (const ProgramTensor* tensor : tensors_of(header, TensorRole::input))
    graph.inputs.push_back({tensor->name, type_of(*tensor), tensor->logical_shape});
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
