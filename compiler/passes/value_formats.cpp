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

// Sets with a value that is computed without any convolution.
std::set<std::string> sets_ahead_of_convolutions(const Graph& graph, Sharing& sharing) {
  std::set<std::string> behind, ahead;
  for (const Node& node : graph.nodes) {  // sorted
    bool computed_behind = node.op == "Conv";
    for (const std::string& input : node.inputs)
      computed_behind = computed_behind || behind.count(input) != 0;
    for (const std::string& output : node.outputs)
      if (computed_behind)
        behind.insert(output);
      else
        ahead.insert(sharing.find(output));
  }
  for (const Value& input : graph.inputs) ahead.insert(sharing.find(input.name));
  return ahead;
}

Sighting sighting_of(const Tensor& constant) {
  Sighting sighting;
  for (const float value : constant.floats) sighting.range.include(value);
  sighting.histogram.add(constant.floats);
  return sighting;
}

Sharing share_formats(const Graph& graph) {
  Sharing sharing;
  for (const Node& node : graph.nodes) {
    if (!shares_storage_format(node)) continue;
    for (const std::string& input : moved_inputs(node))
      for (const std::string& output : node.outputs) sharing.unite(input, output);
  }
  return sharing;
}

// What the values of each set were, and constants that are moved like them.
SightingMap sightings_of_sets(const Graph& graph, const SightingMap& sightings, Sharing& sharing) {
  SightingMap of_sets;
  const auto include = [&](const std::string& value, const Sighting& sighting) {
    Sighting& of_set = of_sets[sharing.find(value)];
    of_set.range.include(sighting.range);
    of_set.histogram.add(sighting.histogram);
  };
  for (const auto& [value, sighting] : sightings) include(value, sighting);
  std::set<std::string> constants;
  for (const Node& node : graph.nodes) {
    if (!shares_storage_format(node)) continue;
    for (const std::string& input : moved_inputs(node))
      if (const Tensor* constant = find_constant(graph, input))
        if (constants.insert(input).second) include(input, sighting_of(*constant));
  }
  return of_sets;
}

Format before_convolutions(Format format) { return format == Format::int4 ? Format::int8 : format; }

ValueFormat format_of_set(Format format, const Sighting& sighting) {
  if (is_float(format)) return {format, {}};
  if (format == Format::int4) return {format, clipped_quantization(sighting, format)};
  return {format, quantization_of(sighting.range, format)};
}

// Whether a value that shares the quantisation is left with too few of its levels.
bool is_lost(const Sighting& sighting, const Quantization& shared) {
  constexpr float kLeastLevels = 4;
  const float extent = sighting.range.high - sighting.range.low;
  return extent > 0 && extent < kLeastLevels * shared.scale;
}

ValueFormat format_of_encoding(const Encoding& encoding) {
  const std::int64_t below = encoding.type == DataType::uint8 ? 128 : 0;
  return {Format::int8, {encoding.scale, static_cast<std::int32_t>(encoding.zero_point - below)}};
}

}  // namespace

bool is_movement(const Node& node) {
  static const std::set<std::string> ops = {"Gather", "Identity", "Pad",      "Reshape",
                                            "Slice",  "Split",    "Transpose"};
  return ops.count(node.op) != 0;
}

ValueFormatMap assign_formats(const Graph& graph, Format format, const SightingMap& sightings,
                              bool outputs) {
  Sharing sharing = share_formats(graph);
  auto reaching = sets_before_convolutions(graph, sharing);
  auto ahead = sets_ahead_of_convolutions(graph, sharing);
  if (outputs)
    for (const std::string& output : graph.outputs)
      for (auto* sets : {&reaching, &ahead}) sets->insert(sharing.find(output));
  SightingMap of_sets = sightings_of_sets(graph, sightings, sharing);
  ValueFormatMap of_set, formats;
  for (const std::string& set : reaching)
    of_set[set] =
        format_of_set(ahead.count(set) != 0 ? before_convolutions(format) : format, of_sets[set]);
  for (const auto& [value, sighting] : sightings) {
    const auto found = of_set.find(sharing.find(value));
    if (found == of_set.end() || found->second.format != Format::int4) continue;
    if (is_lost(sighting, found->second.quantization))
      found->second = format_of_set(Format::int8, of_sets[found->first]);
  }
  for (const auto& entry : graph.values) {
    const auto chosen = of_set.find(sharing.find(entry.first));
    formats[entry.first] = chosen == of_set.end() ? ValueFormat{} : chosen->second;
  }
  return formats;
}

ValueFormatMap encoded_formats(const Graph& graph) {
  Sharing sharing = share_formats(graph);
  std::map<std::string, Encoding> of_set;
  for (const auto& [value, encoding] : graph.encodings) {
    const auto [found, added] = of_set.emplace(sharing.find(value), encoding);
    SYSTOLITH_CHECK(added || found->second == encoding, "'{}' shares storage with another encoding",
                    value);
  }
  ValueFormatMap formats;
  for (const auto& entry : graph.values) {
    const auto found = of_set.find(sharing.find(entry.first));
    formats[entry.first] =
        found == of_set.end() ? ValueFormat{} : format_of_encoding(found->second);
  }
  return formats;
}

}  // namespace systolith
