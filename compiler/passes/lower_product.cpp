// Matrix products and convolutions of which both operands are computed or learnt.
#include "compiler/passes/lowering.h"
#include "models/ops/macs.h"
#include "models/ops/spatial.h"

namespace systolith {
namespace {

std::int64_t hwio_elements(const KernelTensor& weights) {
  return weights.shape[1] * weights.shape[2] * weights.shape[3];  // of one kernel row
}

// The taps of a convolution's kernel that reach the input coordinates `phase`, phase + stride, …
// along one dimension, and the stride-1 convolution over the output that they are, backwards.
struct GridTaps {
  std::int64_t size = 0;                             // coordinates of the phase
  std::int64_t count = 0, first = 0, step = 1;       // taps
  std::int64_t dilation = 1, before = 0, after = 0;  // pads of the backward convolution
};

GridTaps grid_taps(const SpatialGeometry& g, std::size_t d, std::int64_t phase) {
  GridTaps taps;
  const std::int64_t stride = g.strides[d];
  taps.size = phase < g.input[d] ? (g.input[d] - phase - 1) / stride + 1 : 0;
  for (std::int64_t k = 0; k < g.kernel[d]; ++k) {
    if ((phase + g.pads[d] - k * g.dilations[d]) % stride != 0) continue;
    if (taps.count == 0) taps.first = k;
    if (taps.count == 1) taps.step = k - taps.first;
    ++taps.count;
  }
  if (taps.count == 0) return taps;
  if (taps.count > 1) taps.dilation = taps.step * g.dilations[d] / stride;
  const std::int64_t origin = (phase + g.pads[d] - taps.first * g.dilations[d]) / stride;
  const std::int64_t reach = (taps.count - 1) * taps.dilation;
  taps.before = reach - origin;
  taps.after = taps.size + reach - g.out[d] - taps.before;
  return taps;
}

void require_plain_gemm(const Node& node) {
  for (const char* factor : {"alpha", "beta"})
    if (attribute(node, factor, 1.0F) != 1)
      user_error("node '{}' (Gemm): {} = {} is not supported on computed operands (allowed: 1)",
                 node.name, factor, attribute(node, factor, 1.0F));
}

}  // namespace

WeightWalk conv_walk(const KernelTensor& weights, std::int64_t groups) {
  const std::int64_t outputs = weights.shape[3];
  WeightWalk walk;
  walk.group = walk.outputs = outputs / groups;
  walk.strides = {hwio_elements(weights), weights.shape[2] * outputs, outputs, 1};
  return walk;
}

TensorId Lowering::operand(const Node& node, const std::string& value) {
  const auto made = operands_.find(value);
  if (made != operands_.end()) return made->second;
  TensorId id = use(value);
  if (result_.tensor(id).is_constant()) result_.tensor(id).is_state = true;  // it stays in memory
  if (result_.tensor(id).format != options_.format) {
    MapKernel cast;
    cast.a = id;
    KernelTensor tensor = describe(value);
    tensor.name += "/cast";
    tensor.format = options_.format;
    cast.output = id = add_tensor(std::move(tensor));
    emit(node, "Cast", 0, cast);
    result_.kernels.back().name = value;
  }
  const KernelTensor& tensor = result_.tensor(id);
  if (tensor.storage != id && tensor.elements() != result_.tensor(tensor.storage).elements())
    user_error(
        "node '{}' ({}): operand '{}' is a part of another tensor; only whole ones can be "
        "a matrix product's",
        node.name, node.op, value);
  return operands_[value] = id;
}

TensorId Lowering::bias_operand(const Node& node, std::size_t input, std::int64_t outputs) {
  if (node.inputs.size() <= input || node.inputs[input].empty()) return kNoTensor;
  const TensorId id = use(node.inputs[input]);
  KernelTensor& tensor = result_.tensor(id);
  if (tensor.is_constant()) tensor.is_state = true;
  if (tensor.elements() != outputs || tensor.format != Format::fp32)
    user_error(
        "node '{}' ({}): addend '{}' {} is not supported (allowed: one value per output, "
        "{})",
        node.name, node.op, node.inputs[input], to_string(tensor.logical_shape), outputs);
  return id;
}

void Lowering::set_walk(const Node& node, ConvKernel& kernel) {
  kernel.weights = operand(node, node.inputs[1]);
  kernel.walk = conv_walk(result_.tensor(kernel.weights), kernel.groups);
  kernel.bias = bias_operand(node, 2, kernel.walk->outputs * kernel.groups);
}

void Lowering::lower_gemm(std::size_t index) {
  const Node& node = graph_.nodes[index];
  require_plain_gemm(node);
  const bool trans_b = attribute(node, "transB", std::int64_t{0}) != 0;
  if (shape_of(graph_, node.inputs[0]).size() != 2 || shape_of(graph_, node.inputs[1]).size() != 2)
    user_error("node '{}' ({}): {} x {} of computed operands is not supported (allowed: matrices)",
               node.name, node.op, to_string(shape_of(graph_, node.inputs[0])),
               to_string(shape_of(graph_, node.inputs[1])));
  if (attribute(node, "transA", std::int64_t{0}) != 0) return lower_transposed_gemm(node, trans_b);
  PendingConv pending;
  pending.kernel.input = operand(node, node.inputs[0]);
  pending.kernel.weights = operand(node, node.inputs[1]);
  const KernelTensor& b = result_.tensor(pending.kernel.weights);
  WeightWalk walk;
  walk.outputs = trans_b ? b.shape[0] : b.shape[3];
  walk.strides = trans_b ? std::array<std::int64_t, 4>{0, 0, 1, b.shape[3]}
                         : std::array<std::int64_t, 4>{0, 0, b.shape[3], 1};
  pending.kernel.walk = walk;
  pending.kernel.bias = bias_operand(node, 2, walk.outputs);
  pending.kernel.conv_size = {1, 1};
  pending.name = node.name;
  pending.op = node.op;
  pending.macs = node_macs(graph_, node);
  pending.value = node.outputs[0];
  fuse_behind(index, std::move(pending));
}

// A'B: both operands lie row by row along the contraction, as a weight gradient's do.
void Lowering::lower_transposed_gemm(const Node& node, bool trans_b) {
  if (trans_b)
    user_error("node '{}' (Gemm): transA with transB is not supported on computed operands",
               node.name);
  WeightGradKernel kernel;
  kernel.input = operand(node, node.inputs[0]);
  kernel.gradient = operand(node, node.inputs[1]);
  kernel.output = define(node.outputs[0]);
  emit(node, node.op, node_macs(graph_, node), kernel);
}

void Lowering::lower_conv_weight_grad(const Node& node) {
  const SpatialGeometry g =
      conv_geometry(node, shape_of(graph_, node.inputs[0]), shape_of(graph_, node.outputs[0]));
  WeightGradKernel kernel;
  kernel.input = operand(node, node.inputs[0]);
  kernel.gradient = operand(node, node.inputs[1]);
  kernel.output = define(node.outputs[0]);
  kernel.groups = attribute(node, "group", std::int64_t{1});
  kernel.kernel = g.kernel;
  kernel.stride = g.strides;
  kernel.dilation = g.dilations;
  kernel.pads = {g.pads[0], g.pads[1]};
  emit(node, node.op, node_macs(graph_, node), kernel);
}

// With strides, every phase of the output's coordinates is a convolution of its own with the taps
// that reach it, so that no zeros are multiplied.
void Lowering::lower_conv_transpose(const Node& node) {
  if (node.inputs.size() > 2 && !node.inputs[2].empty())
    user_error("node '{}' (ConvTranspose): a bias is not supported", node.name);
  const SpatialGeometry g = conv_transpose_geometry(node, shape_of(graph_, node.inputs[0]),
                                                    shape_of(graph_, node.inputs[1]));
  ConvKernel whole;
  whole.groups = attribute(node, "group", std::int64_t{1});
  whole.input = operand(node, node.inputs[0]);
  whole.weights = operand(node, node.inputs[1]);
  whole.output = define(node.outputs[0]);
  whole.grid_stride = g.strides;
  std::vector<ConvKernel> phases;
  bool gaps = false;
  for (std::int64_t h = 0; h < g.strides[0]; ++h)
    for (std::int64_t w = 0; w < g.strides[1]; ++w) {
      const GridTaps rows = grid_taps(g, 0, h), cols = grid_taps(g, 1, w);
      if (rows.size * cols.size == 0) continue;
      gaps = gaps || rows.count * cols.count == 0;
      if (rows.count * cols.count == 0) continue;
      ConvKernel phase = whole;
      phase.grid_offset = {h, w};
      phase.conv_size = {rows.size, cols.size};
      phase.kernel = {rows.count, cols.count};
      phase.dilation = {rows.dilation, cols.dilation};
      phase.pads = {rows.before, cols.before, rows.after, cols.after};
      phase.walk =
          backward_walk(whole, {rows.first, cols.first}, {rows.step, cols.step}, phase.kernel);
      phases.push_back(phase);
    }
  if (gaps) {
    CopyKernel zeros;
    zeros.output = whole.output;
    zeros.fills = true;
    emit(node, "ConvTranspose (zeros)", 0, std::move(zeros));
  }
  for (ConvKernel& phase : phases) {
    const std::int64_t pixels =
        result_.tensor(phase.input).shape[0] * phase.conv_size[0] * phase.conv_size[1];
    const std::int64_t macs = pixels * phase.kernel[0] * phase.kernel[1] *
                              result_.tensor(phase.input).shape[3] * phase.walk->outputs;
    emit(node, node.op, macs, std::move(phase));
  }
}

// Of weights [kh][kw][c][k]: the contraction is over k, the last tap comes first.
WeightWalk Lowering::backward_walk(const ConvKernel& conv, std::array<std::int64_t, 2> first,
                                   std::array<std::int64_t, 2> step,
                                   std::array<std::int64_t, 2> count) const {
  const KernelTensor& weights = result_.tensor(conv.weights);
  const WeightWalk forward = conv_walk(weights, conv.groups);
  WeightWalk walk;
  walk.group = forward.group;
  walk.outputs = weights.shape[2];
  for (std::size_t d = 0; d < 2; ++d) {
    walk.offset += (first[d] + (count[d] - 1) * step[d]) * forward.strides[d];
    walk.strides[d] = -step[d] * forward.strides[d];
  }
  walk.strides[2] = 1;
  walk.strides[3] = weights.shape[3];
  return walk;
}

}  // namespace systolith
