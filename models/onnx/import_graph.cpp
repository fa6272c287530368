#include "models/onnx/import_graph.h"

#include "models/onnx/element_type.h"
#include "models/onnx/import_node.h"
#include "models/onnx/onnx.h"
#include "models/onnx/tensor_proto.h"
#include "models/onnx/widen_floats.h"

namespace systolith {
namespace {

int opset_of(const onnx::ModelProto& model) {
  for (const auto& import : model.opset_import()) {
    if (!import.domain().empty() && import.domain() != "ai.onnx") continue;
    if (import.version() < kOldestOpset || import.version() > kNewestOpset)
      user_error("opset {} is not supported (supported: {} to {})", import.version(), kOldestOpset,
                 kNewestOpset);
    return static_cast<int>(import.version());
  }
  user_error("the model names no opset of the domain ai.onnx (supported: {} to {})", kOldestOpset,
             kNewestOpset);
}

std::map<std::string, Tensor> import_constants(onnx::GraphProto& graph,
                                               const std::filesystem::path& folder) {
  if (graph.sparse_initializer_size() > 0) user_error("sparse initializers are not supported");
  std::map<std::string, Tensor> constants;
  for (onnx::TensorProto& initializer : *graph.mutable_initializer()) {
    onnx::TensorProto proto;
    proto.Swap(&initializer);
    if (proto.name().empty()) user_error("an initializer has no name");
    check_name(proto.name(), "value");
    if (!constants.emplace(proto.name(), import_tensor(proto, folder)).second)
      user_error("value '{}' is defined twice: by two initializers", proto.name());
  }
  return constants;
}

using Dimension = onnx::TensorShapeProto::Dimension;

bool is_fixed(const Dimension& dimension) { return dimension.has_dim_value(); }

// Symbolic: the batch. Requires: a first dimension.
std::int64_t first_extent(const Dimension& dimension, std::int64_t batch) {
  return is_fixed(dimension) ? dimension.dim_value() : std::max<std::int64_t>(batch, 1);
}

Value import_input(const onnx::ValueInfoProto& proto, std::int64_t batch) {
  const std::string what = fmt::format("graph input '{}'", proto.name());
  if (proto.name().empty()) user_error("a graph input has no name");
  check_name(proto.name(), "value");
  if (!proto.type().has_tensor_type()) user_error("{} is not a tensor", what);
  const auto& type = proto.type().tensor_type();
  if (!type.has_shape()) user_error("{} has no shape", what);
  Value value{proto.name(), element_type(type.elem_type(), what).imported, {}};
  for (const Dimension& dimension : type.shape().dim()) {
    const std::size_t index = value.shape.size();
    if (!is_fixed(dimension) && index > 0)
      user_error("{}: dimension {} is symbolic ('{}'); only the first may be (it takes the batch)",
                 what, index, dimension.dim_param());
    const std::int64_t extent = index == 0 ? first_extent(dimension, batch) : dimension.dim_value();
    if (extent < 1)
      user_error("{}: dimension {} is {}, it must be at least 1", what, index, extent);
    value.shape.push_back(extent);
  }
  return value;
}

const onnx::TensorShapeProto& shape_of(const onnx::ValueInfoProto& proto) {
  return proto.type().tensor_type().shape();
}

bool takes_batch(const onnx::ValueInfoProto& proto) {
  return shape_of(proto).dim_size() > 0 && !is_fixed(shape_of(proto).dim(0));
}

// A batch that no input can take must be the one the model was made for.
void check_batch(const std::vector<const onnx::ValueInfoProto*>& inputs, std::int64_t batch) {
  if (batch <= 0) return;
  for (const auto* input : inputs)
    if (takes_batch(*input)) return;
  for (const auto* input : inputs) {
    if (shape_of(*input).dim_size() == 0) continue;
    const std::int64_t fixed = shape_of(*input).dim(0).dim_value();
    if (fixed != batch)
      user_error(
          "graph input '{}' has a fixed first dimension of {}; batch {} needs a model whose "
          "first dimension is symbolic",
          input->name(), fixed, batch);
  }
}

}  // namespace

Graph import_graph(onnx::ModelProto& model, const std::filesystem::path& folder,
                   std::int64_t batch) {
  if (!model.has_graph()) user_error("the model holds no graph");
  onnx::GraphProto& proto = *model.mutable_graph();
  Graph graph;
  graph.name = proto.name();
  check_name(graph.name, "graph");
  graph.opset = opset_of(model);
  if (proto.node_size() == 0) user_error("the model's graph has no nodes");
  if (proto.output_size() == 0) user_error("the model's graph has no outputs");
  graph.constants = import_constants(proto, folder);
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const onnx::ValueInfoProto& input : proto.input())
    if (graph.constants.count(input.name()) == 0) inputs.push_back(&input);
  check_batch(inputs, batch);
  for (const auto* input : inputs) graph.inputs.push_back(import_input(*input, batch));
  graph.nodes = import_nodes(proto, folder);
  for (const onnx::ValueInfoProto& output : proto.output()) {
    check_name(output.name(), "value");
    graph.outputs.push_back(output.name());
  }
  widen_floats(graph);
  return graph;
}

void check_declared_outputs(const onnx::GraphProto& proto, const Graph& graph) {
  for (const onnx::ValueInfoProto& output : proto.output()) {
    if (!output.type().tensor_type().has_shape()) continue;
    const Shape& shape = graph.values.at(output.name()).shape;
    Shape declared;  // symbolic extents: as they turned out
    for (const Dimension& dimension : shape_of(output).dim()) {
      const std::size_t index = declared.size();
      declared.push_back(is_fixed(dimension) || index >= shape.size() ? dimension.dim_value()
                                                                      : shape[index]);
    }
    if (declared != shape)
      user_error("graph output '{}' is declared as {}, but its shape is {}", output.name(),
                 to_string(declared), to_string(shape));
  }
}

}  // namespace systolith
