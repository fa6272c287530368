#include "models/ops/gradient.h"
#include "models/ops/softmax_rows.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// What one sum of exponentials runs over (softmax_extent()).
std::vector<std::int64_t> normalized_axes(const GradientContext& context) {
  const std::int64_t rank = rank_of(context.shape(0));
  if (rank == 0) return {};
  const bool coerced = context.opset() < 13;
  const std::int64_t wanted = attribute(context.node(), "axis", std::int64_t{coerced ? 1 : -1});
  if (coerced && wanted == rank) return {};
  const std::int64_t axis = resolve_axis(context.node(), wanted, rank);
  std::vector<std::int64_t> axes = {axis};
  while (coerced && axes.back() + 1 < rank) axes.push_back(axes.back() + 1);
  return axes;
}

// dX = (dY - sum(dY * Y)) * Y.
class Softmax : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_floats(node, inputs);
    softmax_extent(node, inputs[0].value->shape, opset);
    return {*inputs[0].value};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    return {softmax_rows(*inputs[0], softmax_extent(node, inputs[0]->shape, opset), false)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    GraphAppender& append = context.append;
    const std::string& y = context.output();
    const std::string weighted = append.node("Mul", {context.arriving(), y});
    const std::string sum = append.summed(weighted, normalized_axes(context));
    const std::string centred = append.node("Sub", {context.arriving(), sum});
    return {append.node("Mul", {centred, y}, {}, "Mul_input")};
  }
};

}  // namespace

extern const Registration<Op> softmax = {
    "Softmax", "exp(x) over its sum, along an axis.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Softmax>(); }};

}  // namespace systolith
