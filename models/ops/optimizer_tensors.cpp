#include "models/ops/optimizer_tensors.h"

namespace systolith {
namespace {

constexpr std::size_t kTensors = 2;  // after R and T

void expect_scalar(const Node& node, const OpInput& input, const char* role) {
  if (elements(input.value->shape) != 1)
    op_error(node, "{} '{}' {} must be a scalar", role, input.value->name,
             to_string(input.value->shape));
}

}  // namespace

std::size_t updated_tensors(const Node& node, const std::vector<OpInput>& inputs,
                            std::size_t states) {
  const std::size_t operands = 2 + states;  // X, G and the states
  if (inputs.size() < kTensors + operands || (inputs.size() - kTensors) % operands != 0)
    op_error(node, "has {} inputs, takes 2 and {} for each tensor", inputs.size(), operands);
  expect_inputs(node, inputs, inputs.size(), inputs.size());
  expect_type(node, inputs, 0, {DataType::float32});
  expect_type(node, inputs, 1, {DataType::int64});
  expect_scalar(node, inputs[0], "learning rate");
  expect_scalar(node, inputs[1], "update count");
  const std::size_t count = (inputs.size() - kTensors) / operands;
  for (std::size_t i = kTensors; i < inputs.size(); ++i) {
    expect_type(node, inputs, i, {DataType::float32});
    const Value &x = *inputs[kTensors + (i - kTensors) % count].value, &other = *inputs[i].value;
    if (other.shape != x.shape)
      op_error(node, "input '{}' {} must have the shape of '{}' {}", other.name,
               to_string(other.shape), x.name, to_string(x.shape));
  }
  return count;
}

std::vector<Value> updated_values(const Node& node, const std::vector<OpInput>& inputs,
                                  std::size_t states) {
  const std::size_t count = updated_tensors(node, inputs, states);
  std::vector<Value> result;
  for (std::size_t i = 0; i < (1 + states) * count; ++i)
    result.push_back(typed(DataType::float32, inputs[kTensors + i % count].value->shape));
  return result;
}

float required_float(const Node& node, const std::string& name) {
  if (node.attributes.count(name) == 0) op_error(node, "attribute '{}' is missing", name);
  return attribute(node, name, 0.0F);
}

}  // namespace systolith
