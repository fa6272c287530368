// What the vector unit does alone.
#include <limits>

#include "compiler/kernels/interpret.h"
#include "compiler/kernels/layout.h"
#include "compiler/passes/canonical.h"
#include "compiler/passes/lowering.h"
#include "models/ops/softmax_rows.h"
#include "models/ops/spatial.h"

namespace systolith {
namespace {

std::string op_name(const Node& node) { return attribute(node, kSourceOp, node.op); }

const std::map<std::string, Activation>& activations() {
  static const std::map<std::string, Activation> table = {
      {"Clip", Activation::clamp},
      {"HardSigmoid", Activation::hard_sigmoid},
      {"HardSwish", Activation::hard_swish},
      {"LeakyRelu", Activation::leaky_relu},
      {"Relu", Activation::clamp},
      {"Sigmoid", Activation::sigmoid},
      {"Tanh", Activation::tanh},
  };
  return table;
}

// A limit of a Clip: attribute before opset 11, then an input; `none` where absent.
float clip_limit(const Graph& graph, const Node& node, std::size_t input, const char* name,
                 float none) {
  if (node.inputs.size() <= input || node.inputs[input].empty()) return attribute(node, name, none);
  const Tensor* limit = find_constant(graph, node.inputs[input]);
  if (limit == nullptr)
    user_error("node '{}' (Clip): the limit '{}' is computed; only constant ones are supported",
               node.name, node.inputs[input]);
  return limit->floats.at(0);
}

// The shape with as many leading ones as the rank asks for.
Shape aligned(const Shape& shape, std::size_t rank) {
  Shape result(rank - shape.size(), 1);
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

bool broadcasts(const std::array<std::int64_t, 4>& from, const std::array<std::int64_t, 4>& to) {
  for (std::size_t d = 0; d < 4; ++d)
    if (from[d] != 1 && from[d] != to[d]) return false;
  return true;
}

// The one value that all elements of a constant have.
std::optional<double> splat_of(const Graph& graph, const std::string& value) {
  const Tensor* constant = find_constant(graph, value);
  if (constant == nullptr || constant->floats.empty()) return std::nullopt;
  for (const float element : constant->floats)
    if (element != constant->floats[0]) return std::nullopt;
  return double{constant->floats[0]};
}

}  // namespace

bool is_activation(const Node& node) { return activations().count(node.op) != 0; }

bool is_homogeneous(const Node& node) {
  return node.op == "Relu" || node.op == "Clip" || node.op == "LeakyRelu";
}

ActivationSpec activation_spec(const Graph& graph, const Node& node, double scale) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  ActivationSpec spec;
  spec.kind = activations().at(node.op);
  if (node.op == "Relu") {
    spec.high = kInfinity;
  } else if (node.op == "Clip") {
    spec.low = static_cast<float>(clip_limit(graph, node, 1, "min", -kInfinity) / scale);
    spec.high = static_cast<float>(clip_limit(graph, node, 2, "max", kInfinity) / scale);
  } else if (node.op == "LeakyRelu") {
    spec.low = attribute(node, "alpha", 0.01F);
  } else if (node.op == "HardSigmoid") {
    spec.low = attribute(node, "alpha", 0.2F);
    spec.high = attribute(node, "beta", 0.5F);
  }
  if (!is_homogeneous(node)) spec.scale_out = static_cast<float>(1 / scale);
  return spec;
}

// Fuses a following activation; `a` and `b` are the operands' factors on real values (for a
// product, `b` is taken as it is and `a` carries the unit of the result).
void Lowering::map_with_activation(const Node& node, MapKernel map, double a, double b) {
  std::string value = node.outputs[0], op = op_name(node);
  const auto path = path_to_reader(value);
  const Node* activation = is_activation(node) ? &node : nullptr;
  if (activation == nullptr && !path.empty() && !is_rounded_on(value, path) &&
      is_activation(graph_.nodes[path.back()])) {
    activation = &graph_.nodes[path.back()];
    value = activation->outputs[0];
    op += "+" + op_name(*activation);
    fused_.insert(path.begin(), path.end());
  }
  // A clamp of codes within one scale needs no division: it gives the same ones.
  const bool same_codes = map.binary == BinaryFunction::none && a == scale_of(value) &&
                          activation != nullptr && activation->op != "LeakyRelu";
  const bool divides = !same_codes && is_divided_by_scale(value);
  const double unit = divides ? 1.0 : scale_of(value);
  const double before = activation != nullptr && !is_homogeneous(*activation) ? 1.0 : unit;
  map.scale_a = static_cast<float>(a / before);
  map.scale_b = static_cast<float>(map.binary == BinaryFunction::mul ? b : b / before);
  if (activation != nullptr) map.activation = activation_spec(graph_, *activation, unit);
  if (divides) map.activation.divisor = static_cast<float>(scale_of(value));
  map.output = define(value);
  emit(node, op, 0, map);
}

TensorId Lowering::broadcast_constant(const Node& node, const std::string& value) {
  const Tensor& constant = graph_.constants.at(value);
  const Shape& to = shape_of(graph_, node.outputs[0]);
  KernelTensor tensor;
  tensor.name = value;
  tensor.logical_shape = aligned(constant.shape, to.size());
  tensor.shape = physical_shape(tensor.logical_shape);
  tensor.format = Format::fp32;
  tensor.data = to_codes(tensor, constant);
  return add_tensor(std::move(tensor));
}

void Lowering::lower_arithmetic(const Node& node) {
  const Shape& shape = shape_of(graph_, node.outputs[0]);
  struct Side {
    std::string value;
    double factor = 1;
  };
  const auto side = [&](std::size_t i) {
    const bool constant = find_constant(graph_, node.inputs[i]) != nullptr;
    return Side{node.inputs[i], constant ? 1.0 : scale_of(node.inputs[i])};
  };
  Side a = side(0), b = side(1);
  if (node.op == "Sub") b.factor = -b.factor;
  if (node.op == "Mul" && graph_.encodings.empty()) {
    for (const auto& [value, factor] : {std::pair{&a, &b}, std::pair{&b, &a}})
      if (const auto splat = splat_of(graph_, factor->value))
        return lower_scaling(node, value->value, value->factor * *splat);
  }
  if (find_constant(graph_, a.value) != nullptr || shape_of(graph_, a.value) != shape)
    std::swap(a, b);
  if (find_constant(graph_, a.value) != nullptr || shape_of(graph_, a.value) != shape)
    user_error(
        "node '{}' ({}): operands {} and {} both broadcast; one must have the result's shape"
        " {}",
        node.name, node.op, to_string(shape_of(graph_, node.inputs[0])),
        to_string(shape_of(graph_, node.inputs[1])), to_string(shape));
  MapKernel map;
  map.binary = node.op == "Mul" ? BinaryFunction::mul : BinaryFunction::add;
  map.a = use(a.value);
  map.b =
      find_constant(graph_, b.value) != nullptr ? broadcast_constant(node, b.value) : use(b.value);
  const auto needed = physical_shape(aligned(shape_of(graph_, b.value), shape.size()),
                                     result_.tensor(map.b).layout);
  if (result_.tensor(map.b).shape != needed) map.b = as_vector(map.b);
  const KernelTensor& other = result_.tensor(map.b);
  const Layout layout = result_.tensor(map.a).layout;
  if (other.shape != needed || !broadcasts(other.shape, physical_shape(shape, layout)))
    user_error("node '{}' ({}): operand '{}' {} can't be broadcast to {} on this machine",
               node.name, node.op, b.value, to_string(shape_of(graph_, b.value)), to_string(shape));
  map_with_activation(node, map, a.factor, b.factor);
}

// A product with one and the same constant, which may stretch the value.
void Lowering::lower_scaling(const Node& node, const std::string& value, double factor) {
  MapKernel map;
  map.a = use(value);
  const Shape& to = shape_of(graph_, node.outputs[0]);
  const KernelTensor& from = result_.tensor(map.a);
  const bool aligned_dims = shape_of(graph_, value).size() == to.size() || from.elements() == 1;
  if (!aligned_dims || !broadcasts(from.shape, physical_shape(to, from.layout)))
    user_error("node '{}' ({}): operand '{}' {} can't be broadcast to {} on this machine",
               node.name, node.op, value, to_string(shape_of(graph_, value)), to_string(to));
  map_with_activation(node, map, factor, 1);
}

void Lowering::lower_activation(const Node& node) {
  MapKernel map;
  map.a = use(node.inputs[0]);
  map_with_activation(node, map, scale_of(node.inputs[0]), 1);
}

PoolSpec pool_spec(const Graph& graph, const Node& node) {
  PoolSpec pool = max_pool_spec(node, shape_of(graph, node.inputs[0]));
  pool.average = node.op == "AveragePool";
  pool.count_padding = attribute(node, "count_include_pad", std::int64_t{0}) != 0;
  return pool;
}

PoolSpec max_pool_spec(const Node& node, const Shape& input) {
  const SpatialGeometry g = pool_geometry(node, input);
  PoolSpec pool;
  pool.kernel = g.kernel;
  pool.stride = g.strides;
  pool.dilation = g.dilations;
  pool.pads = g.pads;
  return pool;
}

void Lowering::lower_pool(const Node& node) {
  PoolKernel kernel;
  kernel.input = use(node.inputs[0]);
  kernel.pool = pool_spec(graph_, node);
  kernel.output = define(node.outputs[0]);
  if (kernel.pool.average)
    kernel.pool.scale = static_cast<float>(scale_of(node.inputs[0]) / scale_of(node.outputs[0]));
  emit(node, op_name(node), 0, kernel);
}

void Lowering::lower_lrn(const Node& node) {
  LrnKernel kernel;
  if (shape_of(graph_, node.inputs[0]).size() != 4)
    user_error("node '{}' (LRN): input {} is not supported (allowed: [n, c, h, w])", node.name,
               to_string(shape_of(graph_, node.inputs[0])));
  kernel.input = use(node.inputs[0]);
  kernel.output = define(node.outputs[0]);
  kernel.size = attribute(node, "size", std::int64_t{1});
  kernel.alpha = attribute(node, "alpha", 1e-4F);
  kernel.beta = attribute(node, "beta", 0.75F);
  kernel.bias = attribute(node, "bias", 1.0F);
  emit(node, op_name(node), 0, kernel);
}

void Lowering::lower_softmax(const Node& node) {
  const Shape& shape = shape_of(graph_, node.inputs[0]);
  const auto physical = physical_shape(shape);
  const SoftmaxExtent extent = softmax_extent(node, shape, graph_.opset);
  const std::int64_t pixels = shape.size() == 4 ? shape[2] * shape[3] : 1;
  if (extent.count != physical[3] || extent.inner != pixels)
    user_error("node '{}' (Softmax): the axis of {} is not its channels; only those are supported",
               node.name, to_string(shape));
  SoftmaxKernel kernel;
  kernel.input = use(node.inputs[0]);
  kernel.output = define(node.outputs[0]);
  emit(node, op_name(node), 0, kernel);
}

}  // namespace systolith
