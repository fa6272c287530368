#include "models/onnx/import_node.h"

#include <boost/locale/utf.hpp>
#include <set>

#include "models/onnx/tensor_proto.h"
#include "models/ops/op.h"

namespace systolith {
namespace {

using onnx::AttributeProto;

// The type is optional in the oldest files; then exactly one field is set.
AttributeProto::AttributeType type_of(const AttributeProto& proto) {
  if (proto.type() != AttributeProto::UNDEFINED) return proto.type();
  if (proto.has_f()) return AttributeProto::FLOAT;
  if (proto.has_i()) return AttributeProto::INT;
  if (proto.has_s()) return AttributeProto::STRING;
  if (proto.has_t()) return AttributeProto::TENSOR;
  if (proto.floats_size() > 0) return AttributeProto::FLOATS;
  if (proto.ints_size() > 0) return AttributeProto::INTS;
  return AttributeProto::UNDEFINED;
}

Attribute import_attribute(const AttributeProto& proto, const std::filesystem::path& folder) {
  switch (type_of(proto)) {
    case AttributeProto::FLOAT:
      return proto.f();
    case AttributeProto::INT:
      return static_cast<std::int64_t>(proto.i());
    case AttributeProto::STRING:
      return proto.s();
    case AttributeProto::TENSOR:
      return import_tensor(proto.t(), folder);
    case AttributeProto::FLOATS:
      return std::vector<float>(proto.floats().begin(), proto.floats().end());
    case AttributeProto::INTS:
      return std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end());
    default:
      user_error("type {} is not supported (supported: FLOAT, INT, STRING, TENSOR, FLOATS, INTS)",
                 AttributeProto::AttributeType_Name(proto.type()));
  }
}

void import_attributes(const onnx::NodeProto& proto, const std::filesystem::path& folder,
                       Node& node) {
  for (const AttributeProto& attribute : proto.attribute()) {
    try {
      const bool is_new =
          node.attributes.emplace(attribute.name(), import_attribute(attribute, folder)).second;
      if (!is_new) user_error("is given twice");
    } catch (const UserError& error) {
      user_error("node '{}' ({}): attribute '{}': {}", node.name, node.op, attribute.name(),
                 error.what());
    }
  }
}

bool is_onnx_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

class Names {
 public:
  explicit Names(const onnx::GraphProto& graph) {
    for (const onnx::NodeProto& node : graph.node()) given_.insert(node.name());
  }

  std::string unique(const onnx::NodeProto& node, int index) {
    const bool unnamed = node.name().empty();
    const std::string base = unnamed ? fmt::format("{}_{}", node.op_type(), index) : node.name();
    std::string name = base;
    for (int n = 2; used_.count(name) != 0 || (name != node.name() && given_.count(name) != 0); ++n)
      name = fmt::format("{}_{}", base, n);
    used_.insert(name);
    return name;
  }

 private:
  std::set<std::string> given_, used_;
};

}  // namespace

void check_name(const std::string& name, const char* what) {
  namespace utf = boost::locale::utf;
  for (auto at = name.begin(); at != name.end();) {
    const utf::code_point point = utf::utf_traits<char>::decode(at, name.end());
    if (point == utf::illegal || point == utf::incomplete)
      user_error("the name of a {} is not UTF-8", what);
  }
}

std::vector<Node> import_nodes(const onnx::GraphProto& graph, const std::filesystem::path& folder) {
  Names names(graph);
  std::vector<Node> nodes;
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto& proto = graph.node(i);
    check_name(proto.name() + proto.op_type() + proto.domain(), "node");
    for (const std::string& output : proto.output()) check_name(output, "value");
    Node node;
    node.name = names.unique(proto, i);
    node.op =
        is_onnx_domain(proto.domain()) ? proto.op_type() : proto.domain() + "::" + proto.op_type();
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    // What an unsupported op carries (subgraphs, say) is not what the user needs to hear about.
    if (find_op(node.op) != nullptr) import_attributes(proto, folder, node);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace systolith
