#include <cmath>

#include "models/ops/batch_moments.h"
#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

bool training(const Node& node) { return attribute(node, "training_mode", std::int64_t{0}) != 0; }

Tensor normalized(const Node& node, const std::vector<const Tensor*>& inputs,
                  const std::vector<float>& mean, const std::vector<float>& variance) {
  const float epsilon = attribute(node, "epsilon", 1e-5F);
  const Tensor& x = *inputs[0];
  Tensor y = make_tensor(DataType::float32, x.shape);
  for_each_plane(x.shape, [&](std::size_t c, std::int64_t first, std::int64_t pixels) {
    const float scale = inputs[1]->floats[c] / std::sqrt(variance[c] + epsilon);
    const float bias = inputs[2]->floats[c];
    for (std::int64_t i = first; i < first + pixels; ++i)
      y.floats[i] = (x.floats[i] - mean[c]) * scale + bias;
  });
  return y;
}

// running * momentum + of_batch * (1 - momentum).
Tensor moved(const Node& node, const Tensor& running, const std::vector<float>& of_batch) {
  const float momentum = attribute(node, "momentum", 0.9F);
  Tensor result = running;
  for (std::size_t c = 0; c < of_batch.size(); ++c)
    result.floats[c] = running.floats[c] * momentum + of_batch[c] * (1 - momentum);
  return result;
}

class BatchNormalization : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, 5, 5);
    expect_floats(node, inputs);
    if (training(node) && opset < 14)
      op_error(node, "training_mode 1 needs opset 14, the graph has {}", opset);
    if (attribute(node, "spatial", std::int64_t{1}) == 0)  // of opset 7 and 8
      op_error(node, "spatial 0 is not supported");
    const Shape& x = inputs[0].value->shape;
    if (x.size() < 2) op_error(node, "input {} has no channels", to_string(x));
    if (training(node) && elements(x) == 0)
      op_error(node, "input {} has no elements to take a mean of", to_string(x));
    for (std::size_t i = 1; i < 5; ++i)
      if (inputs[i].value->shape != Shape{x[1]})
        op_error(node, "input '{}' {} must be {}, the channels of {}", inputs[i].value->name,
                 to_string(inputs[i].value->shape), to_string(Shape{x[1]}), to_string(x));
    if (!training(node)) return {typed(DataType::float32, x)};
    const Value channels = typed(DataType::float32, {x[1]});
    return {typed(DataType::float32, x), channels, channels};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &mean = *inputs[3], &variance = *inputs[4];
    if (!training(node)) return {normalized(node, inputs, mean.floats, variance.floats)};
    const BatchMoments batch = batch_moments(*inputs[0]);
    return {normalized(node, inputs, batch.mean, batch.variance), moved(node, mean, batch.mean),
            moved(node, variance, batch.variance)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    if (!training(context.node()))
      op_error(context.node(), "has no gradient without training_mode 1");
    GradientNames result = context.append.node_with_outputs(
        "BatchNormalizationGrad", {context.arriving(), context.input(0), context.input(1)}, 3,
        {{"epsilon", attribute(context.node(), "epsilon", 1e-5F)}});
    for (std::size_t i = 0; i < 3; ++i)
      if (!context.wanted(i)) result[i].clear();
    return result;
  }
};

}  // namespace

extern const Registration<Op> batch_normalization = {
    "BatchNormalization",
    "(x - mean) / sqrt(var + epsilon) * scale + bias, per channel; in training mode of the batch's "
    "moments, and the running ones moved towards them.",
    []() -> std::unique_ptr<Op> { return std::make_unique<BatchNormalization>(); }};

}  // namespace systolith
