#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "compiler/passes/canonical.h"
#include "compiler/passes/passes.h"

namespace systolith {
namespace {

// y = scale[c] * x + shift[c].
struct Affine {
  std::vector<double> scale, shift;
};

// A constant that varies along `axis` of `shape` only, as one value per channel.
std::optional<std::vector<double>> per_channel(const Tensor& constant, const Shape& shape,
                                               std::size_t axis) {
  const auto channels = static_cast<std::size_t>(shape[axis]);
  if (constant.shape.size() > shape.size()) return std::nullopt;
  const std::size_t missing = shape.size() - constant.shape.size();
  for (std::size_t d = 0; d < constant.shape.size(); ++d)
    if (constant.shape[d] != 1 && d + missing != axis) return std::nullopt;
  std::vector<double> values(channels);
  for (std::size_t c = 0; c < channels; ++c)
    values[c] = constant.floats[constant.floats.size() == 1 ? 0 : c];
  return values;
}

Affine affine_of_batch_norm(const Graph& graph, const Node& node) {
  std::array<const Tensor*, 4> parameters{};  // scale, bias, mean, variance
  for (std::size_t i = 0; i < 4; ++i) {
    parameters[i] = find_constant(graph, node.inputs[i + 1]);
    if (parameters[i] == nullptr)
      user_error(
          "node '{}' (BatchNormalization): parameter '{}' is computed; only constant ones"
          " are supported",
          node.name, node.inputs[i + 1]);
  }
  const double epsilon = attribute(node, "epsilon", 1e-5F);
  Affine affine;
  for (std::size_t c = 0; c < parameters[0]->floats.size(); ++c) {
    const double scale =
        parameters[0]->floats[c] / std::sqrt(double{parameters[3]->floats[c]} + epsilon);
    affine.scale.push_back(scale);
    affine.shift.push_back(parameters[1]->floats[c] - scale * parameters[2]->floats[c]);
  }
  return affine;
}

// Of a Mul or Add by a constant that varies along the axis only; nothing for any other node.
std::optional<Affine> affine_of_constant(const Graph& graph, const Node& node, std::size_t axis,
                                         std::size_t& computed) {
  if (node.op != "Mul" && node.op != "Add") return std::nullopt;
  computed = find_constant(graph, node.inputs[0]) != nullptr ? 1 : 0;
  const Tensor* constant = find_constant(graph, node.inputs[1 - computed]);
  const Shape& shape = shape_of(graph, node.outputs[0]);
  if (constant == nullptr || shape != shape_of(graph, node.inputs[computed])) return std::nullopt;
  const auto values = per_channel(*constant, shape, axis);
  if (!values) return std::nullopt;
  const std::vector<double> ones(values->size(), 1.0), zeros(values->size(), 0.0);
  return node.op == "Mul" ? Affine{*values, zeros} : Affine{ones, *values};
}

class BatchNormFolder {
 public:
  explicit BatchNormFolder(Graph& graph) : rewriter_(graph) {}

  void visit(Node node) {
    std::size_t computed = 0;
    std::size_t axis = 1;
    std::optional<Affine> affine;
    if (node.op == "BatchNormalization") {
      affine = affine_of_batch_norm(rewriter_.graph, node);
    } else if (node.op == "Mul" || node.op == "Add") {
      const std::size_t rank = shape_of(rewriter_.graph, node.outputs[0]).size();
      if (rank < 2) return rewriter_.emit(std::move(node));
      axis = rank == 4 ? 1 : rank - 1;
      affine = affine_of_constant(rewriter_.graph, node, axis, computed);
    }
    if (!affine) return rewriter_.emit(std::move(node));
    if (fold_into_conv(node, computed, axis, *affine)) return;
    if (node.op == "BatchNormalization") return emit_depthwise(node, *affine);
    rewriter_.emit(std::move(node));
  }

  std::vector<Node> take() { return rewriter_.take(); }

 private:
  // True of values that this pass made: each goes into one node.
  bool only_read_here(const std::string& value) const {
    const bool ours = rewriter_.uses.producer(value) == Uses::kNone;
    return ours || rewriter_.uses.sole_reader(value) != Uses::kNone;
  }

  // The convolution whose result reaches the value unchanged but for a Reshape that keeps its
  // channels as the value's `axis`.
  Node* conv_before(const std::string& value, std::size_t axis) {
    if (!only_read_here(value)) return nullptr;
    Node* producer = rewriter_.emitted_producer(value);
    if (producer != nullptr && producer->op == "Reshape") {
      const Shape &from = shape_of(rewriter_.graph, producer->inputs[0]),
                  &to = shape_of(rewriter_.graph, value);
      const bool keeps = from.size() == 4 && from[2] * from[3] == 1 && axis + 1 == to.size() &&
                         to.back() == from[1];
      if (!keeps || !only_read_here(producer->inputs[0])) return nullptr;
      producer = rewriter_.emitted_producer(producer->inputs[0]);
    }
    return producer != nullptr && producer->op == "Conv" ? producer : nullptr;
  }

  bool fold_into_conv(const Node& node, std::size_t computed, std::size_t axis,
                      const Affine& affine) {
    const std::string& value = node.inputs[computed];
    Node* conv = conv_before(value, axis);
    if (conv == nullptr) return false;
    scale_weights(*conv, affine);
    rewriter_.rename_output(value, node.outputs[0]);
    return true;
  }

  void scale_weights(Node& conv, const Affine& affine) {
    Graph& graph = rewriter_.graph;
    const std::size_t channels = affine.scale.size();
    const auto is_one = [](double scale) { return scale == 1; };
    if (!std::all_of(affine.scale.begin(), affine.scale.end(), is_one)) {
      conv.inputs[1] = own_constant(conv.inputs[1], conv.name + "/weights_folded");
      std::vector<float>& w = graph.constants.at(conv.inputs[1]).floats;
      const std::size_t row = w.size() / channels;
      for (std::size_t k = 0; k < channels; ++k)
        for (std::size_t i = k * row; i < (k + 1) * row; ++i)
          w[i] = static_cast<float>(w[i] * affine.scale[k]);
    }
    adjust_bias(conv, affine);
  }

  void adjust_bias(Node& conv, const Affine& affine) {
    Graph& graph = rewriter_.graph;
    const std::size_t channels = affine.scale.size();
    std::vector<float> bias(channels);
    const Tensor* old = conv.inputs.size() > 2 ? find_constant(graph, conv.inputs[2]) : nullptr;
    if (old == nullptr && conv.inputs.size() > 2 && !conv.inputs[2].empty())
      user_error("node '{}' ({}): the bias '{}' is computed; only constant ones are supported",
                 conv.name, conv.op, conv.inputs[2]);
    for (std::size_t k = 0; k < channels; ++k)
      bias[k] = static_cast<float>((old != nullptr ? old->floats[k] : 0.0F) * affine.scale[k] +
                                   affine.shift[k]);
    conv.inputs.resize(3);
    conv.inputs[2] = rewriter_.add(conv.name + "/bias_folded",
                                   float_tensor({static_cast<std::int64_t>(channels)}, bias));
  }

  // A constant that may be changed: itself where one node reads it, else a copy.
  std::string own_constant(const std::string& name, const std::string& stem) {
    if (rewriter_.uses.readers(name).size() <= 1) return name;
    return rewriter_.add(stem, rewriter_.graph.constants.at(name));
  }

  void emit_depthwise(const Node& node, const Affine& affine) {
    const Shape shape = shape_of(rewriter_.graph, node.inputs[0]);
    if (shape.size() != 4 && shape.size() != 2)
      user_error(
          "node '{}' (BatchNormalization): input {} is not supported (allowed: [n, c, h, w]"
          " and [n, c])",
          node.name, to_string(shape));
    const std::vector<float> scale(affine.scale.begin(), affine.scale.end());
    const std::vector<float> shift(affine.shift.begin(), affine.shift.end());
    const std::string weights =
        rewriter_.add(node.name + "/scale", float_tensor({shape[1], 1, 1, 1}, scale));
    const std::string bias = rewriter_.add(node.name + "/shift", float_tensor({shape[1]}, shift));
    Node conv{node.name,
              "Conv",
              {node.inputs[0], weights, bias},
              {node.outputs[0]},
              {{"group", shape[1]}, {kSourceOp, node.op}}};
    if (shape.size() == 4) return rewriter_.emit(std::move(conv));
    conv.inputs[0] = rewriter_.reshape(node, node.inputs[0], {shape[0], shape[1], 1, 1});
    conv.outputs[0] = rewriter_.fresh(node.outputs[0] + "/normalized");
    declare(rewriter_.graph, conv.outputs[0], {shape[0], shape[1], 1, 1});
    const std::string normalized = conv.outputs[0];
    rewriter_.emit(std::move(conv));
    rewriter_.reshape_into(node, normalized, node.outputs[0]);
  }

  Rewriter rewriter_;
};

}  // namespace

Graph fold_batch_norm(Graph graph) {
  if (!graph.encodings.empty()) return graph;
  BatchNormFolder folder(graph);
  for (const Node& node : graph.nodes) folder.visit(node);
  graph.nodes = folder.take();
  eliminate_dead(graph);
  return graph;
}

}  // namespace systolith
