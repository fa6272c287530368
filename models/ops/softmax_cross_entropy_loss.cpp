#include "models/ops/cross_entropy.h"
#include "models/ops/gradient.h"
#include "models/ops/softmax_rows.h"

namespace systolith {
namespace {

// The losses add up in the order of the labels, in fp32.
class SoftmaxCrossEntropyLoss : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 3);
    expect_labels(node, inputs, 0);
    const bool reduced = reduction_of(node) != Reduction::none;
    return {typed(DataType::float32, reduced ? Shape{} : inputs[1].value->shape),
            typed(DataType::float32, inputs[0].value->shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Shape& shape = inputs[0]->shape;
    const SoftmaxExtent classes = {shape[0], shape[1], elements_between(shape, 2, rank_of(shape))};
    Tensor log_prob = softmax_rows(*inputs[0], classes, true);
    const auto labelled = labelled_scores(node, shape, *inputs[1], optional_tensor(inputs, 2));
    Tensor losses = make_tensor(DataType::float32, inputs[1]->shape);
    for (std::size_t i = 0; i < labelled.size(); ++i)
      if (labelled[i].at)
        losses.floats[i] =
            -log_prob.floats[static_cast<std::size_t>(*labelled[i].at)] * labelled[i].weight;
    const Reduction reduction = reduction_of(node);
    if (reduction == Reduction::none) return {std::move(losses), std::move(log_prob)};
    Tensor loss = make_tensor(DataType::float32, {});
    for (const float value : losses.floats) loss.floats[0] += value;
    loss.floats[0] /= loss_divisor(reduction, labelled);
    return {std::move(loss), std::move(log_prob)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    const Node& node = context.node();
    if (context.wanted(2)) op_error(node, "has no gradient with respect to the class weights");
    if (node.outputs.size() < 2 || node.outputs[1].empty())
      op_error(node, "has no gradient without its second output, log_prob");
    std::vector<std::string> inputs = {context.arriving(), context.output(1), context.input(1)};
    inputs.insert(inputs.end(), node.inputs.begin() + 2, node.inputs.end());
    return {context.append.node("SoftmaxCrossEntropyLossGrad", inputs, node.attributes)};
  }
};

}  // namespace

extern const Registration<Op> softmax_cross_entropy_loss = {
    "SoftmaxCrossEntropyLoss", "-log(softmax(scores)) at the labels, summed or averaged.",
    []() -> std::unique_ptr<Op> { return std::make_unique<SoftmaxCrossEntropyLoss>(); }};

}  // namespace systolith
