#include "compiler/tiling/mapping.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "hw/arch/document.h"
#include "hw/arch/preset_files.h"
#include "hw/base/registry.h"

namespace systolith {
namespace {

constexpr std::string_view kLetters = "NKCPQRS";
constexpr std::int64_t kMostFactor = std::int64_t{1} << 31;

LoopFactor parse_factor(const std::string& word, const SourcePosition& where) {
  LoopFactor factor;
  const std::size_t loop = kLetters.find(word[0]);
  if (loop == std::string_view::npos)
    throw UserError(where, fmt::format("'{}': there is no loop '{}' (known: {})", word, word[0],
                                       fmt::join(kLetters, ", ")));
  factor.loop = static_cast<Loop>(loop);
  factor.spatial = word.back() == 'X';
  const char* end = word.data() + word.size() - (factor.spatial ? 1 : 0);
  const auto [stop, failure] = std::from_chars(word.data() + 1, end, factor.factor);
  if (failure != std::errc{} || stop != end || factor.factor < 1 || factor.factor > kMostFactor)
    throw UserError(where, fmt::format("'{}': expected a loop and its factor, as {}16, or {}16X "
                                       "across the array",
                                       word, word[0], word[0]));
  return factor;
}

std::vector<LoopFactor> parse_loops(const DocumentNode& node) {
  if (node.kind != DocumentNode::Kind::scalar)
    throw UserError(node.where, "expected loops such as \"K16 C32\"; found " + describe(node));
  std::vector<LoopFactor> loops;
  std::istringstream words(node.scalar);
  for (std::string word; words >> word;) loops.push_back(parse_factor(word, node.where));
  return loops;
}

void check_spatial(const LayerMapping& layer) {
  for (std::size_t level = 0; level < kMappingLevels.size(); ++level)
    for (const LoopFactor& f : layer.levels[level]) {
      const bool columns = level == static_cast<std::size_t>(MappingLevel::scratchpad);
      const bool rows = level == static_cast<std::size_t>(MappingLevel::accumulator);
      if (!f.spatial || (columns && f.loop == Loop::k) || (rows && f.loop == Loop::c)) continue;
      throw UserError(layer.places[level],
                      fmt::format("{}: {}{}X can't go across the array (allowed: K at scratchpad, "
                                  "across its columns; C at accumulator, across its rows)",
                                  kMappingLevels[level], letter(f.loop), f.factor));
    }
}

void read_problem(const DocumentNode& node, LayerMapping& layer) {
  for (const LoopFactor& f : parse_loops(node)) {
    if (f.spatial) throw UserError(node.where, "a problem's loops have no X");
    layer.problem[static_cast<std::size_t>(f.loop)] *= f.factor;
  }
}

void read_key(const DocumentEntry& entry, LayerMapping& layer) {
  const auto level = std::find(kMappingLevels.begin(), kMappingLevels.end(), entry.key);
  if (level != kMappingLevels.end()) {
    const auto index = static_cast<std::size_t>(level - kMappingLevels.begin());
    layer.places[index] = entry.value.where;
    layer.levels[index] = parse_loops(entry.value);
  } else if (entry.key == "problem") {
    read_problem(entry.value, layer);
  } else if (entry.key == "layer") {
    if (entry.value.kind != DocumentNode::Kind::scalar || entry.value.scalar.empty())
      throw UserError(entry.value.where, "expected a layer's name; found " + describe(entry.value));
    layer.layer = entry.value.scalar;
  } else {
    std::vector<std::string> known = {"layer", "problem"};
    known.insert(known.end(), kMappingLevels.begin(), kMappingLevels.end());
    throw UserError(entry.where, unknown_name_message("key", entry.key, known));
  }
}

LayerMapping read_layer(const DocumentNode& node) {
  LayerMapping layer;
  layer.where = node.where;
  layer.places.fill(node.where);
  if (node.kind != DocumentNode::Kind::map)
    throw UserError(node.where, "expected a layer's mapping; found " + describe(node));
  for (const DocumentEntry& entry : node.entries) {
    if (const DocumentNode* first = node.find(entry.key); first != &entry.value)
      throw UserError(entry.where, fmt::format("duplicate key '{}' (first on line {})", entry.key,
                                               first->where.line));
    read_key(entry, layer);
  }
  if (layer.layer.empty() == (node.find("problem") == nullptr))
    throw UserError(node.where, "a mapping says of which layer it is by `layer` or by `problem`");
  check_spatial(layer);
  return layer;
}

}  // namespace

char letter(Loop loop) { return kLetters[static_cast<std::size_t>(loop)]; }

Mapping parse_mapping(const std::string& text, const std::string& file) {
  const DocumentNode root = parse_document(text, file);
  const DocumentNode* layers = root.find("layers");
  if (root.kind != DocumentNode::Kind::map || layers == nullptr || root.entries.size() != 1 ||
      layers->kind != DocumentNode::Kind::list)
    throw UserError(root.where, "expected one key, `layers`, with a list of mappings");
  Mapping mapping;
  for (const DocumentNode& item : layers->items) {
    LayerMapping layer = read_layer(item);
    for (const LayerMapping& other : mapping.layers)
      if (other.layer == layer.layer && other.problem == layer.problem)
        throw UserError(layer.where, fmt::format("mapped already on line {}", other.where.line));
    mapping.layers.push_back(std::move(layer));
  }
  return mapping;
}

Mapping read_mapping(const std::string& path) {
  return parse_mapping(read_text_file(path, "mapping file"), path);
}

}  // namespace systolith
