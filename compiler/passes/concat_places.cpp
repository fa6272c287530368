#include "compiler/passes/concat_places.h"

#include "compiler/passes/value_formats.h"

namespace systolith {

std::size_t channel_axis(const Shape& logical) {
  return logical.size() == 4 ? 1 : logical.size() - 1;
}

std::map<std::string, ConcatPlace> place_in_concats(const Graph& graph, const Uses& uses) {
  std::map<std::string, ConcatPlace> placements;
  for (const Node& node : graph.nodes) {
    if (node.op != "Concat") continue;
    const auto rank = static_cast<std::int64_t>(shape_of(graph, node.outputs[0]).size());
    std::int64_t axis = attribute(node, "axis", std::int64_t{0});
    if (axis < 0) axis += rank;
    const std::size_t channels = channel_axis(shape_of(graph, node.outputs[0]));
    if (static_cast<std::size_t>(axis) != channels) continue;
    std::int64_t channel = 0;
    for (const std::string& input : node.inputs) {
      const std::size_t producer = uses.producer(input);
      const bool computed = producer != Uses::kNone && !is_movement(graph.nodes[producer]);
      if (computed && !uses.is_output(input))
        placements.emplace(input, ConcatPlace{node.outputs[0], channel});
      channel += shape_of(graph, input)[channels];
    }
  }
  return placements;
}

}  // namespace systolith
