#include <set>

#include "compiler/training/steps.h"
#include "models/ops/append.h"

namespace systolith {
namespace {

class TrainingMode {
 public:
  explicit TrainingMode(Graph& graph) : graph_(graph) {}

  void visit(std::size_t index) {
    Node& node = graph_.nodes[index];
    if (node.op != "BatchNormalization") return;
    node.attributes["training_mode"] = std::int64_t{1};
    node.outputs.resize(3);
    bind(node, 3, 1, "running_mean");
    bind(node, 4, 2, "running_variance");
  }

 private:
  // Input `before` is replaced by output `after` at every step.
  void bind(Node& node, std::size_t before, std::size_t after, const std::string& name) {
    const auto found = graph_.constants.find(node.inputs.at(before));
    if (found == graph_.constants.end())
      user_error("node '{}' ({}): '{}' is computed; to be updated it must be a constant", node.name,
                 node.op, node.inputs.at(before));
    if (!bound_.insert(found->first).second) {
      const std::string own = fresh(node.name + "/" + name);
      graph_.constants[own] = found->second;
      graph_.values[own] = {own, found->second.type, found->second.shape};
      node.inputs[before] = own;
      bound_.insert(own);
    }
    std::string& next = node.outputs[after];
    if (next.empty()) next = fresh(fmt::format("{}/next_{}", node.name, name));
    const Tensor& tensor = graph_.constants.at(node.inputs[before]);
    graph_.values[next] = {next, tensor.type, tensor.shape};
    graph_.states.push_back({node.inputs[before], next});
  }

  std::string fresh(const std::string& name) const { return GraphAppender(graph_).fresh(name); }

  Graph& graph_;
  std::set<std::string> bound_;
};

}  // namespace

void enter_training_mode(Graph& graph) {
  TrainingMode mode(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) mode.visit(i);
}

}  // namespace systolith
