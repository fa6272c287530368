// Convolutions and pools with explicit padding.
#include <algorithm>
#include <cmath>

#include "compiler/passes/canonical.h"
#include "models/ops/spatial.h"

namespace systolith {
namespace {

using Integers = std::vector<std::int64_t>;

void expect_image(const Node& node, const Shape& shape) {
  if (shape.size() != 4)
    user_error("node '{}' ({}): input {} has {} spatial dimensions; 2 are supported", node.name,
               node.op, to_string(shape), static_cast<std::int64_t>(shape.size()) - 2);
}

// Pads that end exactly where the last window does or beyond.
std::array<std::int64_t, 4> covering_pads(const SpatialGeometry& g) {
  auto pads = g.pads;
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t window = (g.kernel[d] - 1) * g.dilations[d] + 1;
    const std::int64_t reach = (g.out[d] - 1) * g.strides[d] + window;
    pads[d + 2] = std::max(pads[d + 2], reach - g.input[d] - pads[d]);
  }
  return pads;
}

std::map<std::string, Attribute> window_attributes(const SpatialGeometry& g,
                                                   const std::array<std::int64_t, 4>& pads) {
  return {{"kernel_shape", Integers(g.kernel.begin(), g.kernel.end())},
          {"strides", Integers(g.strides.begin(), g.strides.end())},
          {"dilations", Integers(g.dilations.begin(), g.dilations.end())},
          {"pads", Integers(pads.begin(), pads.end())}};
}

// Extra pads {top, left, bottom, right} that a Pad of zeros over height and width stands for.
bool zero_pads(const Rewriter& rewriter, const Node& pad, std::array<std::int64_t, 4>& extra) {
  if (attribute(pad, "mode", std::string("constant")) != "constant") return false;
  if (pad.inputs.size() > 3) return false;  // chosen axes
  float value = attribute(pad, "value", 0.0F);
  if (pad.inputs.size() > 2 && !pad.inputs[2].empty()) {
    const Tensor* given = rewriter.constant(pad.inputs[2]);
    if (given == nullptr) return false;
    value = given->floats.at(0);
  }
  Integers pads = attribute(pad, "pads", Integers{});
  if (pads.empty() && pad.inputs.size() > 1) {
    const Tensor* given = rewriter.constant(pad.inputs[1]);
    if (given == nullptr) return false;
    pads = given->integers;
  }
  if (pads.size() != 8 || value != 0.0F) return false;
  const bool outer = pads[0] != 0 || pads[1] != 0 || pads[4] != 0 || pads[5] != 0;
  extra = {pads[2], pads[3], pads[6], pads[7]};
  return !outer && *std::min_element(extra.begin(), extra.end()) >= 0;
}

// The Pad before a node, if the node may do its padding itself.
const Node* foldable_pad(Rewriter& rewriter, const std::string& value,
                         std::array<std::int64_t, 4>& extra) {
  if (rewriter.uses.sole_reader(value) == Uses::kNone) return nullptr;
  const Node* pad = rewriter.emitted_producer(value);
  return pad != nullptr && pad->op == "Pad" && zero_pads(rewriter, *pad, extra) ? pad : nullptr;
}

}  // namespace

void canonicalize_conv(Rewriter& rewriter, const Node& node) {
  expect_image(node, rewriter.shape(node.inputs[0]));
  if (rewriter.constant(node.inputs[1]) == nullptr)
    user_error("node '{}' (Conv): the weights '{}' are computed; only constant ones are supported",
               node.name, node.inputs[1]);
  const SpatialGeometry g =
      conv_geometry(node, rewriter.shape(node.inputs[0]), rewriter.shape(node.inputs[1]));
  Node conv = node;
  auto pads = g.pads;
  std::array<std::int64_t, 4> extra{};
  if (const Node* pad = foldable_pad(rewriter, node.inputs[0], extra)) {
    conv.inputs[0] = pad->inputs[0];
    for (std::size_t i = 0; i < 4; ++i) pads[i] += extra[i];
  }
  conv.attributes = window_attributes(g, pads);
  conv.attributes["group"] = attribute(node, "group", std::int64_t{1});
  keep_notes(node, conv);
  rewriter.emit(std::move(conv));
}

void canonicalize_pool(Rewriter& rewriter, const Node& node) {
  expect_image(node, rewriter.shape(node.inputs[0]));
  for (std::size_t i = 1; i < node.outputs.size(); ++i)
    if (!rewriter.uses.readers(node.outputs[i]).empty() || rewriter.uses.is_output(node.outputs[i]))
      user_error("node '{}' (MaxPool): the output of indices is not supported", node.name);
  const SpatialGeometry g = pool_geometry(node, rewriter.shape(node.inputs[0]));
  auto pads = covering_pads(g);
  Node pool{node.name, node.op, {node.inputs[0]}, {node.outputs[0]}, {}};
  const std::int64_t count_padding = attribute(node, "count_include_pad", std::int64_t{0});
  if (node.op == "AveragePool") {
    const bool overhangs = pads[2] > g.pads[2] || pads[3] > g.pads[3];
    if (count_padding != 0 && overhangs)
      user_error(
          "node '{}' (AveragePool): ceil_mode with windows beyond the padding and"
          " count_include_pad is not supported",
          node.name);
    std::array<std::int64_t, 4> extra{};
    const bool unpadded = pads == std::array<std::int64_t, 4>{};
    const Node* pad = foldable_pad(rewriter, node.inputs[0], extra);
    if (pad != nullptr && (count_padding != 0 || unpadded)) {
      pool.inputs[0] = pad->inputs[0];
      for (std::size_t i = 0; i < 4; ++i) pads[i] += extra[i];
    }
    const bool counted = count_padding != 0 || pool.inputs[0] != node.inputs[0];
    pool.attributes = window_attributes(g, pads);
    pool.attributes["count_include_pad"] = std::int64_t{counted};
  } else {
    pool.attributes = window_attributes(g, pads);
  }
  rewriter.emit(std::move(pool));
}

void canonicalize_global_pool(Rewriter& rewriter, const Node& node) {
  const Shape shape = rewriter.shape(node.inputs[0]);
  const Shape out = rewriter.shape(node.outputs[0]);
  const bool mean = node.op == "ReduceMean";
  const bool over_image =
      shape.size() == 4 && elements(out) == shape[0] * shape[1] &&
      (!mean || out == Shape{shape[0], shape[1]} || out == Shape{shape[0], shape[1], 1, 1});
  if (!over_image)
    user_error("node '{}' ({}): {} to {} is not supported (allowed: [n, c, h, w] over h and w)",
               node.name, node.op, to_string(shape), to_string(out));
  Node pool{node.name,
            node.op == "GlobalMaxPool" ? "MaxPool" : "AveragePool",
            {node.inputs[0]},
            node.outputs,
            {{"kernel_shape", Integers{shape[2], shape[3]}}, {kSourceOp, node.op}}};
  if (out.size() == 4) return rewriter.emit(std::move(pool));
  pool.outputs = {rewriter.fresh(node.outputs[0] + "/pooled")};
  declare(rewriter.graph, pool.outputs[0], {shape[0], shape[1], 1, 1});
  const std::string pooled = pool.outputs[0];
  rewriter.emit(std::move(pool));
  rewriter.reshape_into(node, pooled, node.outputs[0]);
}

}  // namespace systolith
