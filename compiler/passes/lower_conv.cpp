// Convolutions with all that runs behind them.
#include <algorithm>

#include "compiler/kernels/layout.h"
#include "compiler/passes/canonical.h"
#include "compiler/passes/lowering.h"
#include "compiler/quantize/quantize.h"
#include "models/ops/macs.h"
#include "models/ops/quantization.h"
#include "models/ops/spatial.h"

namespace systolith {
namespace {

std::string op_name(const Node& node) { return attribute(node, kSourceOp, node.op); }

std::vector<float> attribute_floats(const Node& node, const char* name) {
  return std::get<std::vector<float>>(node.attributes.at(name));
}

ConvKernel geometry_kernel(const Graph& graph, const Node& node) {
  const SpatialGeometry g =
      conv_geometry(node, shape_of(graph, node.inputs[0]), shape_of(graph, node.inputs[1]));
  ConvKernel kernel;
  kernel.groups = attribute(node, "group", std::int64_t{1});
  kernel.kernel = g.kernel;
  kernel.stride = g.strides;
  kernel.dilation = g.dilations;
  kernel.pads = g.pads;
  kernel.conv_size = g.out;
  return kernel;
}

}  // namespace

bool keeps_layout(const Shape& from, const Shape& to) {
  const auto row_major = [](const Shape& shape) {
    return shape.size() != 4 || shape[1] == 1 || shape[2] * shape[3] == 1;
  };
  return row_major(from) && row_major(to) && physical_shape(from) == physical_shape(to);
}

std::vector<std::size_t> Lowering::path_to_reader(const std::string& value) const {
  std::vector<std::size_t> path;
  for (std::string at = value;;) {
    const std::size_t reader = uses_.sole_reader(at);
    if (reader == Uses::kNone) return {};
    path.push_back(reader);
    const Node& node = graph_.nodes[reader];
    if (node.op != "Reshape") return path;
    if (!keeps_layout(shape_of(graph_, at), shape_of(graph_, node.outputs[0]))) return {};
    at = node.outputs[0];
  }
}

void Lowering::begin_conv(std::size_t index) {
  const Node& node = graph_.nodes[index];
  PendingConv pending;
  pending.kernel = geometry_kernel(graph_, node);
  pending.kernel.input = in_training() ? operand(node, node.inputs[0]) : use(node.inputs[0]);
  pending.name = node.name;
  pending.op = op_name(node);
  pending.macs = node_macs(graph_, node);
  pending.value = node.outputs[0];

  if (in_training()) {
    set_walk(node, pending.kernel);
  } else {
    set_constants(node, pending);
  }
  fuse_behind(index, std::move(pending));
}

// A tap in the padding meets 0.
std::vector<double> Lowering::expected_inputs(const Node& node) const {
  const SpatialGeometry g =
      conv_geometry(node, shape_of(graph_, node.inputs[0]), shape_of(graph_, node.inputs[1]));
  const auto inside = [&](std::size_t d, std::int64_t tap) {
    std::int64_t count = 0;
    for (std::int64_t o = 0; o < g.out[d]; ++o) {
      const std::int64_t at = o * g.strides[d] - g.pads[d] + tap * g.dilations[d];
      if (at >= 0 && at < g.input[d]) ++count;
    }
    return static_cast<double>(count) / static_cast<double>(g.out[d]);
  };
  const Sighting& sighting = sightings_.at(node.inputs[0]);
  std::vector<double> expected;
  for (std::size_t c = 0; c < sighting.channel_sums.size(); ++c)
    for (std::int64_t h = 0; h < g.kernel[0]; ++h)
      for (std::int64_t w = 0; w < g.kernel[1]; ++w)
        expected.push_back(sighting.mean(c) * inside(0, h) * inside(1, w));
  return expected;
}

void Lowering::set_constants(const Node& node, PendingConv& pending) {
  const Tensor& weights = graph_.constants.at(node.inputs[1]);
  const bool has_bias = node.inputs.size() > 2 && !node.inputs[2].empty();
  const Tensor* bias = has_bias ? find_constant(graph_, node.inputs[2]) : nullptr;
  if (has_bias && bias == nullptr)
    user_error("node '{}' ({}): the bias '{}' is computed; only constant ones are supported",
               node.name, pending.op, node.inputs[2]);
  const std::int64_t groups = pending.kernel.groups;
  const Format format = options_.weights.value_or(options_.format);
  const bool has_codes = node.attributes.count(kWeightScale) != 0;
  SYSTOLITH_CHECK(!has_codes || !is_float(format_of(node.inputs[0]).format),
                  "'{}', operand of codes in '{}', is no codes", node.inputs[0], node.name);
  ConvConstants constants =
      has_codes ? encoded_conv(node.name, weights, attribute_floats(node, kWeightScale),
                               attribute(node, kBiasCodes, std::vector<std::int64_t>{}), groups,
                               format_of(node.inputs[0]).quantization.zero_point)
      : is_float(format)
          ? convert_conv(weights, bias, groups, format)
          : quantize_conv(node.name, weights, bias, groups, format_of(node.inputs[0]).quantization,
                          format,
                          format == Format::int4 ? expected_inputs(node) : std::vector<double>{},
                          format_of(node.inputs[0]).format);
  KernelTensor tensor;
  tensor.name = node.inputs[1];
  tensor.logical_shape = weights.shape;
  tensor.shape = {groups, weights.shape[2] * weights.shape[3], weights.shape[1],
                  weights.shape[0] / groups};
  tensor.format = format;
  tensor.data = std::move(constants.weights);
  pending.kernel.weights = add_tensor(std::move(tensor));
  pending.kernel.bias_int = std::move(constants.bias_int);
  pending.kernel.bias_float = std::move(constants.bias_float);
  pending.weight_scale = std::move(constants.weight_scale);
}

bool Lowering::is_rounded_on(const std::string& value, const std::vector<std::size_t>& path) const {
  if (is_encoded(value)) return true;
  return std::any_of(path.begin(), path.end() - 1,
                     [&](std::size_t index) { return is_encoded(graph_.nodes[index].outputs[0]); });
}

void Lowering::fuse_behind(std::size_t index, PendingConv pending) {
  std::size_t last = index;
  for (auto path = path_to_reader(pending.value); !path.empty() && append(pending, path);
       path = path_to_reader(pending.value))
    last = path.back();
  if (last == index) return finish_conv(std::move(pending));
  pending_[last] = std::move(pending);
}

bool Lowering::append(PendingConv& pending, const std::vector<std::size_t>& path) {
  if (is_rounded_on(pending.value, path)) return false;
  const Node& node = graph_.nodes[path.back()];
  const bool taken = fused_.count(path.back()) != 0;  // the other addend's convolution has it
  if (taken || pending.activation != nullptr) return false;
  // In a model that is quantised already the Add rounds apart, as it is defined.
  if (node.op == "Add" && pending.residual.empty() && graph_.encodings.empty()) {
    const std::string& before =
        path.size() > 1 ? graph_.nodes[path[path.size() - 2]].outputs[0] : pending.value;
    const std::string& other = node.inputs[node.inputs[0] == before ? 1 : 0];
    const Shape& shape = shape_of(graph_, node.outputs[0]);
    if (find_constant(graph_, other) != nullptr || shape_of(graph_, other) != shape ||
        shape_of(graph_, before) != shape)
      return false;
    pending.residual = other;
  } else if (is_activation(node)) {
    pending.activation = &node;
  } else {
    return false;
  }
  pending.value = node.outputs[0];
  pending.op += "+" + op_name(node);
  fused_.insert(path.begin(), path.end());
  return true;
}

// Poolings behind an activation run on values in the array's format; a maximum takes part in the
// output's quantisation, so behind the last convolution (fp32) it stays apart.
bool Lowering::append_pool(PendingConv& pending) {
  const auto path = path_to_reader(pending.value);
  if (path.empty() || !options_.can_fuse_pool) return false;
  const Node& node = graph_.nodes[path.back()];
  if (node.op != "MaxPool" && node.op != "AveragePool") return false;
  // A model's own quantisation has no other than what it says.
  if (!graph_.encodings.empty() && format_of(pending.value).format == Format::fp32) return false;
  PoolSpec pool = pool_spec(graph_, node);
  const ValueFormat stored = format_before_pool(pending.value);
  if (!pool.average && format_of(node.outputs[0]).format != stored.format) return false;
  pending.kernel.conv_format = stored.format;
  pending.kernel.conv_quantization = stored.quantization;
  if (!options_.can_fuse_pool(result_, pending.kernel, pool)) return false;
  pending.before_pool = pending.value;
  pending.value = node.outputs[0];
  pending.pool = pool;
  pending.op += "+" + op_name(node);
  fused_.insert(path.begin(), path.end());
  pending_[path.back()] = pending;
  return true;
}

// In the array's format, behind the last convolution too; of int4 there in int8, of int16 in int16.
ValueFormat Lowering::format_before_pool(const std::string& value) const {
  const ValueFormat& format = format_of(value);
  if (is_float(format.format) == is_float(options_.format) && format.format != Format::fp32)
    return format;
  if (is_float(options_.format)) return {options_.format, {}};
  const Format stored = options_.format == Format::int16 ? Format::int16 : Format::int8;
  return {stored, quantization_of(sightings_.at(value).range, stored)};
}

void Lowering::finish_conv(PendingConv pending) {
  if (!pending.residual.empty()) pending.kernel.residual = use(pending.residual);
  if (!pending.pool && append_pool(pending)) return;
  pending.kernel.output = define(pending.value);
  set_scales(pending);
  result_.kernels.push_back({pending.name, pending.op, pending.macs, std::move(pending.kernel)});
}

void Lowering::set_scales(PendingConv& pending) {
  ConvKernel& kernel = pending.kernel;
  const std::string& direct = pending.pool ? pending.before_pool : pending.value;
  const ValueFormat stored = pending.pool ? format_before_pool(direct) : format_of(direct);
  const double unit = is_float(stored.format) ? 1.0 : double{stored.quantization.scale};
  const bool real_curve = pending.activation != nullptr && !is_homogeneous(*pending.activation);
  const double before = real_curve ? 1.0 : unit;
  const bool divides = real_curve && is_divided_by_scale(direct);

  const double in =
      is_float(options_.format) ? 1.0 : double{result_.tensor(kernel.input).quantization.scale};
  for (const double scale : pending.weight_scale)
    kernel.scale.push_back(graph_.encodings.empty()
                               ? static_cast<float>(in * scale / before)
                               : requantization_factor(DataType::float32, static_cast<float>(in),
                                                       static_cast<float>(scale),
                                                       static_cast<float>(before)));
  if (kernel.residual != kNoTensor)
    kernel.residual_scale = static_cast<float>(scale_of(pending.residual) / before);
  if (pending.activation != nullptr)
    kernel.activation = activation_spec(graph_, *pending.activation, divides ? 1.0 : unit);
  if (divides) kernel.activation.divisor = static_cast<float>(unit);
  kernel.pool = pending.pool;
  if (kernel.pool && kernel.pool->average)
    kernel.pool->scale = static_cast<float>(unit / scale_of(pending.value));
}

}  // namespace systolith
