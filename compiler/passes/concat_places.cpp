#include "compiler/passes/concat_places.h"

namespace systolith {

std::size_t channel_axis(const Shape& logical) {
  return logical.size() == 4 ? 1 : logical.size() - 1;
}

std::map<std::string, ConcatPlace> place_in_concats(const Graph& graph, const Uses& uses,
                                                    const ValueFormatMap& formats) {
  std::map<std::string, ConcatPlace> placements;
  for (const Node& node : graph.nodes) {
    if (node.op != "Concat") continue;
    const auto rank = static_cast<std::int64_t>(shape_of(graph, node.outputs[0]).size());
    std::int64_t axis = attribute(node, "axis", std::int64_t{0});
    if (axis < 0) axis += rank;
    const std::size_t channels = channel_axis(shape_of(graph, node.outputs[0]));
    if (static_cast<std::size_t>(axis) != channels) continue;
    const std::int64_t all = shape_of(graph, node.outputs[0])[channels];
    const std::int64_t per_byte = units_per_byte(formats.at(node.outputs[0]).format);
    std::int64_t channel = 0;
    for (const std::string& input : node.inputs) {
      const std::size_t producer = uses.producer(input);
      const bool computed = producer != Uses::kNone && !is_movement(graph.nodes[producer]);
      const std::int64_t end = channel + shape_of(graph, input)[channels];
      const bool whole_bytes = channel % per_byte == 0 && (end % per_byte == 0 || end == all);
      if (computed && whole_bytes && !uses.is_output(input))
        placements.emplace(input, ConcatPlace{node.outputs[0], channel});
      channel = end;
    }
  }
  return placements;
}

}  // namespace systolith
