// What training needs of the vector unit: batch statistics, masks, sums, scattered maxima.
#include "compiler/passes/chain_builder.h"
#include "compiler/passes/lowering.h"

namespace systolith {
namespace {

double epsilon_of(const Node& node) { return double{attribute(node, "epsilon", 1e-5F)}; }

double inverse_count(const KernelTensor& tensor) {
  return 1.0 / static_cast<double>(tensor.shape[0] * tensor.shape[1] * tensor.shape[2]);
}

}  // namespace

TensorId Lowering::vector_tensor(const std::string& name, std::int64_t channels) {
  KernelTensor tensor;
  tensor.name = name;
  tensor.logical_shape = {channels};
  tensor.shape = {1, 1, 1, channels};
  tensor.format = Format::fp32;
  return add_tensor(std::move(tensor));
}

Lowering::Moments Lowering::moments_of(const Node& node, const std::string& value) {
  const auto found = moments_.find(value);
  if (found != moments_.end()) return found->second;
  const TensorId x = use(value);
  const KernelTensor tensor = result_.tensor(x);
  const double share = inverse_count(tensor);
  Moments moments;
  moments.mean = vector_tensor(value + "/mean", tensor.shape[3]);
  moments.variance = vector_tensor(value + "/variance", tensor.shape[3]);
  {
    ChainBuilder chain(tensor.shape);
    const int in = chain.element(x), mean = chain.channel(moments.mean);
    summed(chain.each(mean, in));
    chain.after(mean, mean, share);
    emit(node, node.op + " (mean)", 0, chain.take());
  }
  ChainBuilder chain(tensor.shape);
  const int in = chain.element(x), mean = chain.channel(moments.mean);
  const int variance = chain.channel(moments.variance), shift = chain.scratch_channel();
  chain.before(shift, mean, -1);
  through(summed(chain.each(variance, in)), Activation::square).bias = shift;
  chain.after(variance, variance, share);
  emit(node, node.op + " (variance)", 0, chain.take());
  return moments_[value] = moments;
}

void Lowering::lower_batch_norm(std::size_t index) {
  const Node& node = graph_.nodes[index];
  if (attribute(node, "training_mode", std::int64_t{0}) == 0)
    user_error("node '{}' (BatchNormalization) is not in training mode and was not folded",
               node.name);
  const Moments moments = moments_of(node, node.inputs[0]);
  update_running(node, moments);
  std::string value = node.outputs[0], op = node.op;
  const auto path = path_to_reader(value);
  const Node* activation = nullptr;
  if (!path.empty() && is_activation(graph_.nodes[path.back()]) &&
      is_homogeneous(graph_.nodes[path.back()])) {
    activation = &graph_.nodes[path.back()];
    value = activation->outputs[0];
    op += "+" + activation->op;
    fused_.insert(path.begin(), path.end());
  }
  const TensorId x = use(node.inputs[0]);
  ChainBuilder chain(result_.tensor(x).shape);
  const int in = chain.element(x), mean = chain.channel(moments.mean);
  const int variance = chain.channel(moments.variance);
  const int gamma = chain.channel(channel_operand(node, 1));
  const int beta = chain.channel(channel_operand(node, 2));
  const int shift = chain.scratch_channel(), factor = chain.scratch_channel();
  const int out = chain.element(define(value));
  chain.before(shift, mean, -1);
  through(chain.before(factor, variance), Activation::rsqrt, epsilon_of(node));
  times(chain.before(factor, factor), gamma);
  ChainStep& normalise = plus(chain.each(out, in), beta);
  normalise.bias = shift;
  normalise.scale = factor;
  if (activation != nullptr) normalise.activation = activation_spec(graph_, *activation, 1);
  emit(node, op, 0, chain.take());
}

// running = momentum * running + (1 - momentum) * batch
void Lowering::update_running(const Node& node, const Moments& moments) {
  const double momentum = double{attribute(node, "momentum", 0.9F)};
  const TensorId batch[] = {moments.mean, moments.variance};
  ChainBuilder chain({1, 1, 1, result_.tensor(moments.mean).shape[3]});
  bool any = false;
  for (std::size_t i = 0; i < 2; ++i) {
    if (node.outputs.size() <= i + 1 || node.outputs[i + 1].empty()) continue;
    any = true;
    const int before = chain.channel(channel_operand(node, 3 + i));
    const int now = chain.channel(batch[i]);
    const int next = chain.channel(define(node.outputs[i + 1]));
    plus(chain.before(next, before, momentum), now, 1 - momentum);
  }
  if (any) emit(node, node.op + " (running)", 0, chain.take());
}

TensorId Lowering::channel_operand(const Node& node, std::size_t input) {
  const TensorId id = use(node.inputs.at(input));
  KernelTensor& tensor = result_.tensor(id);
  if (tensor.is_constant()) tensor.is_state = true;  // it stays in memory
  return id;
}

// dX = gamma r (dY - mean(dY) - h mean(dY h)), h = (X - mean) r, r = 1 / sqrt(variance + epsilon)
void Lowering::lower_batch_norm_grad(const Node& node) {
  const Moments moments = moments_of(node, node.inputs[1]);
  const TensorId dy_id = use(node.inputs[0]), x_id = use(node.inputs[1]);
  const KernelTensor tensor = result_.tensor(x_id);
  const TensorId sums[] = {define_or_vector(node, 1, tensor.shape[3]),
                           define_or_vector(node, 2, tensor.shape[3])};
  {
    ChainBuilder chain(tensor.shape);
    const int dy = chain.element(dy_id), x = chain.element(x_id);
    const int mean = chain.channel(moments.mean), variance = chain.channel(moments.variance);
    const int scale = chain.channel(sums[0]), bias = chain.channel(sums[1]);
    const int shift = chain.scratch_channel(), r = chain.scratch_channel();
    chain.before(shift, mean, -1);
    through(chain.before(r, variance), Activation::rsqrt, epsilon_of(node));
    summed(chain.each(bias, dy));
    ChainStep& product = times(summed(chain.each(scale, x)), dy);
    product.bias = shift;
    product.scale = r;
    emit(node, node.op + " (sums)", 0, chain.take());
  }
  const double share = inverse_count(tensor);
  ChainBuilder chain(tensor.shape);
  const int dy = chain.element(dy_id), x = chain.element(x_id);
  const int mean = chain.channel(moments.mean), variance = chain.channel(moments.variance);
  const int gamma = chain.channel(channel_operand(node, 2));
  const int scale = chain.channel(sums[0]), bias = chain.channel(sums[1]);
  const int shift = chain.scratch_channel(), r = chain.scratch_channel();
  const int factor = chain.scratch_channel(), slope = chain.scratch_channel();
  const int level = chain.scratch_channel(), part = chain.scratch_element();
  const int dx = chain.element(define(node.outputs[0]));
  chain.before(shift, mean, -1);
  through(chain.before(r, variance), Activation::rsqrt, epsilon_of(node));
  times(chain.before(factor, r), gamma);
  chain.before(level, bias, -share);
  times(chain.before(slope, scale, -share), r);
  times(chain.before(slope, slope), factor);
  ChainStep& curve = chain.each(part, x);
  curve.bias = shift;
  curve.scale = slope;
  ChainStep& whole = plus(chain.each(dx, dy), part);
  whole.bias = level;
  whole.scale = factor;
  emit(node, node.op, 0, chain.take());
}

TensorId Lowering::define_or_vector(const Node& node, std::size_t output, std::int64_t channels) {
  if (node.outputs.size() > output && !node.outputs[output].empty())
    return define(node.outputs[output]);
  return vector_tensor(fmt::format("{}/output_{}", node.name, output), channels);
}

void Lowering::lower_relu_grad(const Node& node) {
  MapKernel map;
  map.binary = BinaryFunction::gate;
  map.a = use(node.inputs[0]);
  map.b = use(node.inputs[1]);
  map.output = define(node.outputs[0]);
  emit(node, node.op, 0, map);
}

void Lowering::lower_max_pool_grad(const Node& node) {
  PoolGradKernel kernel;
  kernel.gradient = use(node.inputs[0]);
  kernel.input = use(node.inputs[1]);
  kernel.output = define(node.outputs[0]);
  kernel.pool = max_pool_spec(node, shape_of(graph_, node.inputs[1]));
  emit(node, node.op, 0, kernel);
}

// Over all dimensions but the channels.
void Lowering::lower_reduce_sum(const Node& node) {
  const TensorId x = use(node.inputs[0]);
  const KernelTensor tensor = result_.tensor(x);
  const TensorId out = define(node.outputs[0]);
  const KernelTensor& result = result_.tensor(out);
  const bool per_channel = tensor.layout == Layout::nhwc && result.shape[3] == tensor.shape[3] &&
                           result.elements() == tensor.shape[3] &&
                           (tensor.logical_shape.size() == 2 || tensor.logical_shape.size() == 4);
  if (!per_channel)
    user_error(
        "node '{}' (ReduceSum): {} to {} is not supported (allowed: to one value per "
        "channel)",
        node.name, to_string(tensor.logical_shape), to_string(result.logical_shape));
  ChainBuilder chain(tensor.shape);
  const int in = chain.element(x);
  summed(chain.each(chain.channel(out), in));
  emit(node, node.op, 0, chain.take());
}

}  // namespace systolith
