// The loss, and what follows the gradients.
#include <cmath>

#include "compiler/passes/chain_builder.h"
#include "compiler/passes/lowering.h"

namespace systolith {
namespace {

float constant_scalar(const Graph& graph, const Node& node, const std::string& value,
                      const char* what) {
  const Tensor* constant = find_constant(graph, value);
  if (constant == nullptr || constant->floats.size() != 1)
    user_error("node '{}' ({}): the {} '{}' is computed; only a constant is supported", node.name,
               node.op, what, value);
  return constant->floats[0];
}

// One tensor's update: the inputs and outputs that belong together.
struct Update {
  std::string parameter, gradient;
  std::vector<std::string> states, next;  // `next` begins with the parameter's
};

std::vector<Update> updates_of(const Node& node, std::size_t states) {
  const std::size_t count = (node.inputs.size() - 2) / (2 + states);
  std::vector<Update> updates(count);
  for (std::size_t i = 0; i < count; ++i) {
    updates[i].parameter = node.inputs[2 + i];
    updates[i].gradient = node.inputs[2 + count + i];
    for (std::size_t s = 0; s < states; ++s)
      updates[i].states.push_back(node.inputs[2 + (2 + s) * count + i]);
    for (std::size_t s = 0; s <= states; ++s)
      updates[i].next.push_back(node.outputs[s * count + i]);
  }
  return updates;
}

}  // namespace

double Lowering::loss_share(const Node& node, const std::string& scores,
                            const std::string& labels) const {
  const Shape& shape = shape_of(graph_, scores);
  if (shape.size() != 2)
    user_error("node '{}' ({}): scores {} are not supported (allowed: [N, C])", node.name, node.op,
               to_string(shape));
  for (const Value& input : graph_.inputs)
    if (input.name == labels && node.attributes.count("ignore_index") == 0) {
      const auto reduction = attribute(node, "reduction", std::string("mean"));
      if (reduction == "mean") return 1.0 / static_cast<double>(shape[0]);
      if (reduction == "sum") return 1;
      user_error("node '{}' ({}): reduction {} is not supported (allowed: mean, sum)", node.name,
                 node.op, reduction);
    }
  user_error("node '{}' ({}): ignore_index and computed labels are not supported", node.name,
             node.op);
}

// The labels, one under each row of scores.
TensorId Lowering::labels_column(const std::string& labels) {
  const TensorId id = use(labels);
  KernelTensor& tensor = result_.tensor(id);
  tensor.shape = {tensor.elements(), 1, 1, 1};
  return id;
}

void Lowering::lower_loss(const Node& node) {
  if (node.inputs.size() > 2 && !node.inputs[2].empty())
    user_error("node '{}' ({}): class weights are not supported", node.name, node.op);
  const double share = loss_share(node, node.inputs[0], node.inputs[1]);
  const TensorId scores = use(node.inputs[0]), labels = labels_column(node.inputs[1]);
  const KernelTensor tensor = result_.tensor(scores);
  ChainBuilder chain(tensor.shape);
  const int x = chain.element(scores), label = chain.element(labels);
  const bool kept = node.outputs.size() > 1 && !node.outputs[1].empty();
  const int log_prob = kept ? chain.element(define(node.outputs[1])) : chain.scratch_element();
  const int hit = chain.scratch_element(), sums = chain.scratch_channel();
  const int loss = chain.channel(define(node.outputs[0]));
  chain.each(log_prob, x).function = VectorFunction::log_softmax;
  chain.each(hit, label).function = VectorFunction::one_hot;
  times(summed(chain.each(sums, log_prob)), hit);
  chain.after(loss, sums, -share).across = true;
  emit(node, node.op, 0, chain.take());
}

// (softmax - one_hot) * share * dY
void Lowering::lower_loss_grad(const Node& node) {
  if (node.inputs.size() > 3 && !node.inputs[3].empty())
    user_error("node '{}' ({}): class weights are not supported", node.name, node.op);
  const double arriving =
      double{constant_scalar(graph_, node, node.inputs[0], "arriving gradient")};
  const double factor = arriving * loss_share(node, node.inputs[1], node.inputs[2]);
  const TensorId log_prob = use(node.inputs[1]), labels = labels_column(node.inputs[2]);
  const KernelTensor tensor = result_.tensor(log_prob);
  ChainBuilder chain(tensor.shape);
  const int x = chain.element(log_prob), label = chain.element(labels);
  const int hit = chain.scratch_element(), softmax = chain.scratch_element();
  const int dx = chain.element(define(node.outputs[0]));
  chain.each(hit, label).function = VectorFunction::one_hot;
  through(chain.each(softmax, x), Activation::exp);
  plus(chain.each(dx, softmax, factor), hit, -factor);
  emit(node, node.op, 0, chain.take());
}

// v = alpha v + (norm x + g), x = x - rate v, or Nesterov's x - rate (g + alpha v)
void Lowering::lower_momentum(const Node& node) {
  const double alpha = double{attribute(node, "alpha", 0.0F)};
  const double norm = double{attribute(node, "norm_coefficient", 0.0F)};
  const double rate = double{constant_scalar(graph_, node, node.inputs[0], "learning rate")};
  if (attribute(node, "beta", 1.0F) != 1)
    user_error("node '{}' (Momentum): beta = {} is not supported (allowed: 1)", node.name,
               attribute(node, "beta", 1.0F));
  const bool nesterov = attribute(node, "mode", std::string("standard")) == "nesterov";
  for (const Update& update : updates_of(node, 1)) {
    const TensorId parameter = as_vector(use(update.parameter));
    ChainBuilder chain(result_.tensor(parameter).shape);
    const int x = chain.element(parameter), g = chain.element(as_vector(use(update.gradient)));
    const int v = chain.element(as_vector(use(update.states[0])));
    const int next_v = chain.element(as_vector(define(update.next[1])));
    const int next_x = chain.element(as_vector(define(update.next[0])));
    int regular = g;
    if (norm != 0) plus(chain.each(regular = chain.scratch_element(), x, norm), g);
    plus(chain.each(next_v, v, alpha), regular);
    if (nesterov) {
      const int ahead = chain.scratch_element();
      plus(chain.each(ahead, regular), next_v, alpha);
      plus(chain.each(next_x, x), ahead, -rate);
    } else {
      plus(chain.each(next_x, x), next_v, -rate);
    }
    emit(node, node.op, 0, chain.take());
  }
}

// v = alpha v + (1 - alpha) g, h = beta h + (1 - beta) g g,
// x = x - rate sqrt(1 - beta^T) / (1 - alpha^T) v / (sqrt(h) + epsilon)
void Lowering::lower_adam(const Node& node) {
  const double alpha = double{attribute(node, "alpha", 0.9F)};
  const double beta = double{attribute(node, "beta", 0.999F)};
  const double norm = double{attribute(node, "norm_coefficient", 0.0F)};
  const double rate = double{constant_scalar(graph_, node, node.inputs[0], "learning rate")};
  if (attribute(node, "norm_coefficient_post", 0.0F) != 0)
    user_error("node '{}' (Adam): norm_coefficient_post is not supported", node.name);
  for (const Update& update : updates_of(node, 2)) {
    const TensorId parameter = as_vector(use(update.parameter));
    ChainBuilder chain(result_.tensor(parameter).shape);
    const int count = chain.channel(channel_operand(node, 1));
    const int speed = chain.scratch_scalar(), inverse = chain.scratch_scalar();
    // 1 - b^T, as a hard sigmoid of e^(T ln b): the slope is -1, the limits 0 and 1.
    const auto unbiased = [&](int out, double base) {
      through(chain.before(out, count, std::log(base)), Activation::exp);
      through(chain.before(out, out), Activation::hard_sigmoid, -1, 1);
    };
    unbiased(speed, beta);
    through(chain.before(speed, speed), Activation::sqrt);
    unbiased(inverse, alpha);
    through(chain.before(inverse, inverse), Activation::reciprocal);
    times(chain.before(speed, speed, rate), inverse);

    const int x = chain.element(parameter), g = chain.element(as_vector(use(update.gradient)));
    const int v = chain.element(as_vector(use(update.states[0]))),
              h = chain.element(as_vector(use(update.states[1])));
    const int regular = chain.scratch_element(), square = chain.scratch_element();
    const int next_v = chain.element(as_vector(define(update.next[1])));
    const int next_h = chain.element(as_vector(define(update.next[2])));
    const int next_x = chain.element(as_vector(define(update.next[0])));
    plus(chain.each(regular, x, norm), g);
    plus(chain.each(next_v, v, alpha), regular, 1 - alpha);
    through(chain.each(square, regular), Activation::square);
    plus(chain.each(next_h, h, beta), square, 1 - beta);
    through(chain.each(square, next_h), Activation::sqrt);
    through(chain.each(square, square), Activation::reciprocal,
            double{attribute(node, "epsilon", 1e-6F)});
    times(chain.each(square, square), next_v);
    times(chain.each(square, square), speed);
    plus(chain.each(next_x, x), square, -1);
    emit(node, node.op, 0, chain.take());
  }
}

}  // namespace systolith
