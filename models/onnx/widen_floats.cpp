#include "models/onnx/widen_floats.h"

#include <algorithm>

#include "models/onnx/element_type.h"
#include "models/ops/op.h"

namespace systolith {
namespace {

bool is_half(DataType type) { return type == DataType::float16 || type == DataType::bfloat16; }

DataType widened(DataType type) { return is_half(type) ? DataType::float32 : type; }

bool keeps_narrow_floats(const Node& node) {
  const Op* op = find_op(node.op);
  return node.op == "Constant" || (op != nullptr && op->keeps_narrow_floats());
}

void widen_attributes(Node& node) {
  for (auto& [name, value] : node.attributes) {
    if (auto* tensor = std::get_if<Tensor>(&value)) tensor->type = widened(tensor->type);
    auto* number = std::get_if<std::int64_t>(&value);
    const bool names_a_type = name == "output_dtype" || name == "precision";
    if (number == nullptr || !names_a_type) continue;
    if (*number == onnx_type(DataType::float16) || *number == onnx_type(DataType::bfloat16))
      *number = onnx_type(DataType::float32);
  }
}

}  // namespace

void widen_floats(Graph& graph) {
  if (std::all_of(graph.nodes.begin(), graph.nodes.end(), keeps_narrow_floats)) return;
  for (Value& input : graph.inputs) input.type = widened(input.type);
  for (auto& entry : graph.constants) entry.second.type = widened(entry.second.type);
  for (Node& node : graph.nodes) widen_attributes(node);
}

}  // namespace systolith
