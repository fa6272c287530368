#include "compiler/passes/value_formats.h"

#include "compiler/passes/graph_edit.h"
#include "compiler/quantize/quantize.h"

namespace systolith {
namespace {

// Disjoint sets of value names.
class Sharing {
 public:
  const std::string& find(const std::string& value) {
    std::string& parent = parents_.try_emplace(value, value).first->second;
    if (parent == value) return parent;
    return parent = find(parent);
  }
  void unite(const std::string& a, const std::string& b) { parents_[find(a)] = find(b); }

 private:
  std::map<std::string, std::string> parents_;
};

bool shares_storage_format(const Node& node) {
  return node.op == "Concat" || node.op == "MaxPool" || is_movement(node);
}

// The operands of which elements reach the output as they are.
std::vector<std::string> moved_inputs(const Node& node) {
  return node.op == "Concat" ? node.inputs : std::vector<std::string>{node.inputs[0]};
}

// Sets from which a convolution is reached; grows until nothing changes.
std::set<std::string> sets_before_convolutions(const Graph& graph, Sharing& sharing) {
  std::set<std::string> reaching;
  for (bool changed = true; changed;) {
    changed = false;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
      bool reaches = node->op == "Conv";
      for (const std::string& output : node->outputs)
        reaches = reaches || reaching.count(sharing.find(output)) != 0;
      if (!reaches) continue;
      for (const std::string& input : node->inputs)
        if (!input.empty() && reaching.insert(sharing.find(input)).second) changed = true;
    }
  }
  return reaching;
}

Range constant_range(const Tensor& constant) {
  Range range;
  for (const float value : constant.floats) range.include(value);
  return range;
}

}  // namespace

bool is_movement(const Node& node) {
  static const std::set<std::string> ops = {"Gather", "Identity", "Pad",      "Reshape",
                                            "Slice",  "Split",    "Transpose"};
  return ops.count(node.op) != 0;
}

ValueFormatMap assign_formats(const Graph& graph, Format format, const RangeMap& ranges) {
  Sharing sharing;
  std::map<std::string, Range> of_constants;  // those that are moved like computed values
  for (const Node& node : graph.nodes) {
    if (!shares_storage_format(node)) continue;
    for (const std::string& input : moved_inputs(node)) {
      for (const std::string& output : node.outputs) sharing.unite(input, output);
      if (const Tensor* constant = find_constant(graph, input))
        of_constants[input] = constant_range(*constant);
    }
  }
  const auto reaching = sets_before_convolutions(graph, sharing);
  std::map<std::string, Range> of_sets;
  for (const auto& [value, range] : ranges) of_sets[sharing.find(value)].include(range);
  for (const auto& [value, range] : of_constants) of_sets[sharing.find(value)].include(range);

  ValueFormatMap formats;
  for (const auto& entry : graph.values) {
    const std::string& set = sharing.find(entry.first);
    if (reaching.count(set) == 0) {
      formats[entry.first] = {Format::fp32, {}};
    } else if (format == Format::int8) {
      formats[entry.first] = {format, quantization_of(of_sets[set])};
    } else {
      formats[entry.first] = {format, {}};
    }
  }
  return formats;
}

}  // namespace systolith
