// Graph::sort: Kahn's algorithm, always taking the ready node that stood first.
#include <algorithm>
#include <functional>
#include <queue>
#include <set>

#include "models/graph/graph.h"

namespace systolith {
namespace {

constexpr std::size_t kNoNode = ~std::size_t{0};

// Where every value comes from: the node's index, or kNoNode for graph inputs and constants.
class Definitions {
 public:
  explicit Definitions(const Graph& graph) {
    for (const Value& input : graph.inputs) define(input.name, kNoNode, "as a graph input");
    for (const auto& [name, tensor] : graph.constants) define(name, kNoNode, "as a constant");
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      for (const std::string& output : graph.nodes[i].outputs)
        if (!output.empty()) define(output, i, fmt::format("by node '{}'", graph.nodes[i].name));
  }

  bool has(const std::string& name) const { return at_.count(name) != 0; }
  std::size_t producer(const std::string& name) const { return at_.at(name).node; }

 private:
  struct Definition {
    std::size_t node;
    std::string how;
  };

  void define(const std::string& name, std::size_t node, const std::string& how) {
    const auto [first, is_new] = at_.emplace(name, Definition{node, how});
    if (!is_new) user_error("value '{}' is defined twice: {} and {}", name, first->second.how, how);
  }

  std::map<std::string, Definition> at_;
};

void check_defined(const Graph& graph, const Definitions& definitions) {
  for (const Node& node : graph.nodes)
    for (const std::string& input : node.inputs)
      if (!input.empty() && !definitions.has(input))
        user_error("node '{}' ({}): input '{}' is not defined by any graph input, constant or node",
                   node.name, node.op, input);
  for (const std::string& output : graph.outputs)
    if (!definitions.has(output))
      user_error("graph output '{}' is not defined by any graph input, constant or node", output);
}

void check_states(const Graph& graph, const Definitions& definitions) {
  std::set<std::string> bound;
  for (const auto& [state, next] : graph.states) {
    if (graph.constants.count(state) == 0)
      user_error("state '{}' has no value to begin with: no constant has that name", state);
    if (!definitions.has(next))
      user_error(
          "state '{}': its next value '{}' is not defined by any graph input, constant or "
          "node",
          state, next);
    if (!bound.insert(state).second) user_error("state '{}' is bound twice", state);
  }
}

// The nodes each node reads from, one entry per input.
std::vector<std::vector<std::size_t>> predecessors(const Graph& graph,
                                                   const Definitions& definitions) {
  std::vector<std::vector<std::size_t>> result(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const std::string& input : graph.nodes[i].inputs) {
      if (input.empty()) continue;
      const std::size_t from = definitions.producer(input);
      if (from != kNoNode) result[i].push_back(from);
    }
  return result;
}

// Every node that could not be ordered has a predecessor that could not either; walking back from
// any of them must come round.
[[noreturn]] void report_cycle(const Graph& graph,
                               const std::vector<std::vector<std::size_t>>& before,
                               const std::vector<bool>& ordered) {
  const auto stuck = [&](std::size_t node) { return !ordered[node]; };
  std::vector<std::size_t> walk = {
      static_cast<std::size_t>(std::find(ordered.begin(), ordered.end(), false) - ordered.begin())};
  auto start = walk.end();
  while (true) {
    const auto& candidates = before[walk.back()];
    const std::size_t next = *std::find_if(candidates.begin(), candidates.end(), stuck);
    start = std::find(walk.begin(), walk.end(), next);
    if (start != walk.end()) break;
    walk.push_back(next);
  }
  std::vector<std::size_t> cycle(start, walk.end());
  std::reverse(cycle.begin(), cycle.end());
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  cycle.push_back(cycle.front());
  std::vector<std::string> names;
  for (const std::size_t node : cycle) names.push_back(graph.nodes[node].name);
  user_error("graph has a cycle: {}", fmt::join(names, " -> "));
}

std::vector<std::size_t> topological_order(const Graph& graph,
                                           const std::vector<std::vector<std::size_t>>& before) {
  const std::size_t count = graph.nodes.size();
  std::vector<std::vector<std::size_t>> after(count);
  std::vector<std::size_t> waiting(count);
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::size_t from : before[i]) after[from].push_back(i);
    waiting[i] = before[i].size();
    if (waiting[i] == 0) ready.push(i);
  }
  std::vector<std::size_t> order;
  std::vector<bool> ordered(count, false);
  while (!ready.empty()) {
    const std::size_t node = ready.top();
    ready.pop();
    order.push_back(node);
    ordered[node] = true;
    for (const std::size_t next : after[node])
      if (--waiting[next] == 0) ready.push(next);
  }
  if (order.size() != count) report_cycle(graph, before, ordered);
  return order;
}

}  // namespace

void sort(Graph& graph) {
  const Definitions definitions(graph);
  check_defined(graph, definitions);
  check_states(graph, definitions);
  const auto order = topological_order(graph, predecessors(graph, definitions));
  std::vector<Node> sorted;
  sorted.reserve(order.size());
  for (const std::size_t node : order) sorted.push_back(std::move(graph.nodes[node]));
  graph.nodes = std::move(sorted);
}

}  // namespace systolith
