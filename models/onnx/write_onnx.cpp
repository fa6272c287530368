#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "models/onnx/element_type.h"
#include "models/onnx/onnx.h"
#include "models/onnx/tensor_proto.h"

namespace systolith {
namespace {

using onnx::AttributeProto;

// The IR version that ONNX's release of each opset (9, 10, ...) writes: the table in ONNX's
// docs/Versioning.md; at least 4, so that initializers need not be graph inputs.
constexpr std::array kIrVersions = {4, 5, 6, 7, 7, 7, 8, 8, 8, 8, 9, 9, 10};
static_assert(kIrVersions.size() == kNewestOpset - kOldestOpset + 1);

struct AttributeWriter {
  AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    proto.set_type(AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
  void operator()(const std::vector<float>& values) const {
    proto.set_type(AttributeProto::FLOATS);
    for (const float value : values) proto.add_floats(value);
  }
  void operator()(const Tensor& value) const {
    proto.set_type(AttributeProto::TENSOR);
    *proto.mutable_t() = export_tensor("", value);
  }
};

void export_value(const Value& value, onnx::ValueInfoProto& proto) {
  proto.set_name(value.name);
  auto& type = *proto.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx_type(value.type));
  auto& shape = *type.mutable_shape();
  for (const std::int64_t extent : value.shape) shape.add_dim()->set_dim_value(extent);
}

void export_node(const Node& node, onnx::NodeProto& proto) {
  proto.set_name(node.name);
  proto.set_op_type(node.op);
  for (const std::string& input : node.inputs) proto.add_input(input);
  for (const std::string& output : node.outputs) proto.add_output(output);
  for (const auto& [name, value] : node.attributes) {
    AttributeProto& attribute = *proto.add_attribute();
    attribute.set_name(name);
    std::visit(AttributeWriter{attribute}, value);
  }
}

onnx::ModelProto export_model(const Graph& graph) {
  SYSTOLITH_CHECK(graph.opset >= kOldestOpset && graph.opset <= kNewestOpset, "opset {}",
                  graph.opset);
  if (!graph.states.empty())
    user_error(
        "graph '{}' has {} states (the first is '{}'): only graphs without can be written as "
        "ONNX",
        graph.name, graph.states.size(), graph.states[0].state);
  onnx::ModelProto model;
  model.set_ir_version(kIrVersions.at(static_cast<std::size_t>(graph.opset - kOldestOpset)));
  model.set_producer_name("systolith");
  model.add_opset_import()->set_version(graph.opset);
  onnx::GraphProto& proto = *model.mutable_graph();
  proto.set_name(graph.name.empty() ? "graph" : graph.name);  // onnx.checker asks for one
  for (const Value& input : graph.inputs) export_value(input, *proto.add_input());
  for (const std::string& output : graph.outputs) {
    const auto value = graph.values.find(output);
    SYSTOLITH_CHECK(value != graph.values.end(), "output '{}' has no shape yet", output);
    export_value(value->second, *proto.add_output());
  }
  for (const Node& node : graph.nodes) export_node(node, *proto.add_node());
  for (const auto& [name, tensor] : graph.constants)
    *proto.add_initializer() = export_tensor(name, tensor);
  return model;
}

// A name beside `path` that no other process writes to; gone again unless kept.
class Draft {
 public:
  explicit Draft(const std::string& path)
      : path_(path), draft_(fmt::format("{}.{}.part", path, ::getpid())) {}
  ~Draft() {
    std::error_code ignored;
    std::filesystem::remove(draft_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& name() const { return draft_; }
  void keep() const {
    std::error_code error;
    std::filesystem::rename(draft_, path_, error);
    if (error) user_error("{}: cannot be written: {}", path_, error.message());
  }

 private:
  std::string path_, draft_;
};

}  // namespace

void write_onnx(const Graph& graph, const std::string& path) {
  const onnx::ModelProto model = export_model(graph);
  // Protobuf's own limit on a message.
  if (model.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    user_error("{}: the model has {} bytes, an ONNX file may have 2^31 - 1", path,
               model.ByteSizeLong());
  const Draft draft(path);
  std::ofstream file(draft.name(), std::ios::binary);
  if (!file) user_error("{}: cannot be written: {}", path, std::strerror(errno));
  const bool complete = model.SerializeToOstream(&file) && file.flush();
  file.close();
  if (!complete || !file) user_error("{}: cannot be written: {}", path, std::strerror(errno));
  draft.keep();
}

}  // namespace systolith
