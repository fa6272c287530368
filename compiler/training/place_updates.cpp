#include "compiler/training/place_updates.h"

#include <algorithm>
#include <set>
#include <utility>

namespace systolith {
namespace {

// Positions of nodes, and of what must come before a node that writes a value.
class Placement {
 public:
  explicit Placement(const Graph& graph) {
    for (const StateBinding& state : graph.states) state_of_[state.next] = state.state;
    for (const Node& node : graph.nodes) {
      for (const std::string& input : node.inputs) ++readers_left_[input];
      unmade_.insert(node.outputs.begin(), node.outputs.end());
    }
  }

  // Whether all nodes that it waits for have a position.
  bool ready(const Node& node) const {
    for (const std::string& input : node.inputs)
      if (unmade_.count(input) != 0) return false;
    for (const std::string& output : node.outputs) {
      const auto state = state_of_.find(output);
      if (state == state_of_.end()) continue;
      const auto own = std::count(node.inputs.begin(), node.inputs.end(), state->second);
      const auto left = readers_left_.find(state->second);
      if (left != readers_left_.end() && left->second > own) return false;
    }
    return true;
  }

  // The first position at which the node may stand. Requires: ready().
  std::size_t earliest(const Node& node) const {
    std::size_t position = 0;
    for (const std::string& input : node.inputs) position = std::max(position, at(made_, input));
    for (const std::string& output : node.outputs)
      if (const auto state = state_of_.find(output); state != state_of_.end())
        position = std::max(position, at(read_, state->second));
    return position;
  }

  void put(const Node& node, std::size_t position) {
    for (const std::string& output : node.outputs) {
      made_[output] = position;
      unmade_.erase(output);
    }
    for (const std::string& input : node.inputs) {
      --readers_left_[input];
      std::size_t& last = read_[input];
      last = std::max(last, position);
    }
  }

 private:
  using Positions = std::map<std::string, std::size_t>;
  static std::size_t at(const Positions& positions, const std::string& value) {
    const auto found = positions.find(value);
    return found == positions.end() ? 0 : found->second;
  }

  std::map<std::string, std::string> state_of_;  // by next value
  std::map<std::string, std::ptrdiff_t> readers_left_;
  std::set<std::string> unmade_;
  Positions made_, read_;  // of the producer, of the last reader so far
};

}  // namespace

void place_updates(Graph& graph, const std::map<std::string, Phase>& phases) {
  const auto updates = [&](const Node& node) {
    const auto phase = phases.find(node.name);
    return phase != phases.end() && phase->second == Phase::update;
  };
  struct Placed {
    std::size_t position;
    Node node;
  };
  Placement placement(graph);
  std::vector<Placed> placed;
  for (Node& node : graph.nodes) {
    if (updates(node)) continue;
    placement.put(node, placed.size());
    placed.push_back({placed.size(), node});
  }
  std::vector<Node*> waiting;
  for (Node& node : graph.nodes)
    if (updates(node)) waiting.push_back(&node);
  while (!waiting.empty()) {
    std::vector<Node*> later;
    for (Node* node : waiting) {
      if (!placement.ready(*node)) {
        later.push_back(node);
        continue;
      }
      const std::size_t position = placement.earliest(*node);
      placement.put(*node, position);
      placed.push_back({position, *node});
    }
    // Two states that are each made of the other: neither's old value may go before both are read.
    if (later.size() == waiting.size())
      for (Node* node : std::exchange(later, {})) placed.push_back({graph.nodes.size(), *node});
    waiting = std::move(later);
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) { return a.position < b.position; });
  graph.nodes.clear();
  for (Placed& entry : placed) graph.nodes.push_back(std::move(entry.node));
}

}  // namespace systolith
