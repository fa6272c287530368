#include <cmath>

#include "models/ops/cross_entropy.h"

namespace systolith {
namespace {

// dScores[n, c] = (exp(log_prob[n, c]) - [c is the label]) * weight / divisor * dY.
class SoftmaxCrossEntropyLossGrad : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 3, 4);
    expect_labels(node, inputs, 1);
    expect_type(node, inputs, 0, {DataType::float32});
    const bool reduced = reduction_of(node) != Reduction::none;
    const Shape expected = reduced ? Shape{} : inputs[2].value->shape;
    if (inputs[0].value->shape != expected)
      op_error(node, "dY {} must be {}", to_string(inputs[0].value->shape), to_string(expected));
    return {typed(DataType::float32, inputs[1].value->shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &dy = *inputs[0], &log_prob = *inputs[1];
    const Shape& shape = log_prob.shape;
    const auto labelled = labelled_scores(node, shape, *inputs[2], optional_tensor(inputs, 3));
    const Reduction reduction = reduction_of(node);
    const float divisor = loss_divisor(reduction, labelled);
    const std::int64_t pixels = elements_between(shape, 2, rank_of(shape));
    Tensor dx = make_tensor(DataType::float32, shape);
    for (std::size_t i = 0; i < labelled.size(); ++i) {
      if (!labelled[i].at) continue;
      const float arriving = dy.floats[reduction == Reduction::none ? i : 0];
      const float factor = labelled[i].weight / divisor * arriving;
      const std::int64_t image = static_cast<std::int64_t>(i) / pixels;
      std::int64_t at = image * shape[1] * pixels + static_cast<std::int64_t>(i) % pixels;
      for (std::int64_t c = 0; c < shape[1]; ++c, at += pixels) {
        const float hit = at == *labelled[i].at ? 1.0F : 0.0F;
        const auto index = static_cast<std::size_t>(at);
        dx.floats[index] = (std::exp(log_prob.floats[index]) - hit) * factor;
      }
    }
    return {std::move(dx)};
  }
};

}  // namespace

extern const Registration<Op> softmax_cross_entropy_loss_grad = {
    "SoftmaxCrossEntropyLossGrad",
    "Backward of SoftmaxCrossEntropyLoss: dY, log_prob, labels, weights to the scores' gradient.",
    []() -> std::unique_ptr<Op> { return std::make_unique<SoftmaxCrossEntropyLossGrad>(); }};

}  // namespace systolith
