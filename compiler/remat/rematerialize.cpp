#include "compiler/remat/rematerialize.h"

#include <algorithm>
#include <set>

namespace systolith {
namespace {

constexpr const char* kSuffix = "/recompute";

class Rematerializer {
 public:
  Rematerializer(Graph& graph, std::size_t forward_nodes, std::vector<std::size_t> starts)
      : graph_(graph), forward_(forward_nodes), starts_(std::move(starts)) {
    SYSTOLITH_CHECK(
        !starts_.empty() && starts_[0] == 0 && std::is_sorted(starts_.begin(), starts_.end()),
        "segments [{}]", fmt::join(starts_, ", "));
    find_dropped();
  }

  void run() {
    std::vector<Node> nodes(graph_.nodes.begin(), graph_.nodes.begin() + offset(forward_));
    for (std::size_t i = forward_; i < graph_.nodes.size(); ++i) {
      Node node = graph_.nodes[i];
      for (const std::string& input : node.inputs)
        if (dropped_.count(input) != 0) recompute(dropped_.at(input), i, nodes);
      for (std::string& input : node.inputs)
        if (dropped_.count(input) != 0) input += kSuffix;
      nodes.push_back(std::move(node));
    }
    graph_.nodes = std::move(nodes);
  }

 private:
  static std::ptrdiff_t offset(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }

  std::size_t segment_of(std::size_t node) const {
    const auto behind = std::upper_bound(starts_.begin(), starts_.end(), node);
    return static_cast<std::size_t>(behind - starts_.begin()) - 1;
  }

  // What the forward nodes make and the backward part can have again: all but the last segment's,
  // what other segments read, and what is read at the end.
  void find_dropped() {
    for (std::size_t i = 0; i < forward_; ++i) {
      const std::size_t segment = segment_of(i);
      for (const std::string& input : graph_.nodes[i].inputs)
        if (const auto found = dropped_.find(input);
            found != dropped_.end() && found->second != segment)
          dropped_.erase(found);
      if (segment + 1 == starts_.size()) continue;
      for (const std::string& output : graph_.nodes[i].outputs)
        if (!output.empty()) dropped_[output] = segment;
    }
    for (const std::string& output : graph_.outputs) dropped_.erase(output);
    for (const StateBinding& binding : graph_.states) dropped_.erase(binding.next);
  }

  // Copies what the backward nodes from `reader` on need of the segment, once.
  void recompute(std::size_t segment, std::size_t reader, std::vector<Node>& nodes) {
    if (!recomputed_.insert(segment).second) return;
    std::set<std::string> needed;
    for (std::size_t i = reader; i < graph_.nodes.size(); ++i)
      needed.insert(graph_.nodes[i].inputs.begin(), graph_.nodes[i].inputs.end());
    const std::size_t begin = starts_[segment], end = starts_[segment + 1];
    std::vector<Node> copies;
    for (std::size_t i = end; i-- > begin;) {
      const Node& node = graph_.nodes[i];
      const auto wanted = [&](const std::string& output) {
        return needed.count(output) != 0 && dropped_.count(output) != 0;
      };
      if (std::none_of(node.outputs.begin(), node.outputs.end(), wanted)) continue;
      needed.insert(node.inputs.begin(), node.inputs.end());
      copies.push_back(copy(node, wanted));
    }
    nodes.insert(nodes.end(), copies.rbegin(), copies.rend());
  }

  template <class Wanted>
  Node copy(Node node, Wanted wanted) {
    node.name += kSuffix;
    for (std::string& input : node.inputs)
      if (dropped_.count(input) != 0) input += kSuffix;
    for (std::string& output : node.outputs) {
      if (!wanted(output)) {
        output.clear();
        continue;
      }
      const Value original = graph_.values.at(output);
      output += kSuffix;
      graph_.values[output] = {output, original.type, original.shape};
    }
    while (node.outputs.back().empty()) node.outputs.pop_back();
    return node;
  }

  Graph& graph_;
  std::size_t forward_;
  std::vector<std::size_t> starts_;
  std::map<std::string, std::size_t> dropped_;  // value -> the segment that makes it
  std::set<std::size_t> recomputed_;
};

}  // namespace

Graph rematerialize(Graph graph, std::size_t forward_nodes, const RematPolicy& policy) {
  std::vector<std::size_t> starts = policy.segments(graph, forward_nodes);
  Rematerializer(graph, forward_nodes, std::move(starts)).run();
  return graph;
}

}  // namespace systolith
