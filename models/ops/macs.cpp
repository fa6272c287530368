#include "models/ops/macs.h"

#include "models/ops/op.h"

namespace systolith {

std::int64_t node_macs(const Graph& graph, const Node& node) {
  const auto shapes = [&](const std::vector<std::string>& names) {
    std::vector<Shape> result;
    for (const std::string& name : names)
      result.push_back(name.empty() ? Shape{} : graph.values.at(name).shape);
    return result;
  };
  return op_of(node).macs(node, shapes(node.inputs), shapes(node.outputs));
}

}  // namespace systolith
