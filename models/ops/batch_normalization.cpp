#include <cmath>

#include "models/ops/support.h"

namespace systolith {
namespace {

class BatchNormalization : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 5, 5);
    expect_floats(node, inputs);
    if (attribute(node, "training_mode", std::int64_t{0}) != 0)
      op_error(node, "training_mode 1 is not supported");
    if (attribute(node, "spatial", std::int64_t{1}) == 0)  // of opset 7 and 8
      op_error(node, "spatial 0 is not supported");
    const Shape& x = inputs[0].value->shape;
    if (x.size() < 2) op_error(node, "input {} has no channels", to_string(x));
    for (std::size_t i = 1; i < 5; ++i)
      if (inputs[i].value->shape != Shape{x[1]})
        op_error(node, "input '{}' {} must be {}, the channels of {}", inputs[i].value->name,
                 to_string(inputs[i].value->shape), to_string(Shape{x[1]}), to_string(x));
    return {typed(DataType::float32, x)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const float epsilon = attribute(node, "epsilon", 1e-5F);
    const Tensor& x = *inputs[0];
    Tensor y = make_tensor(DataType::float32, x.shape);
    const std::int64_t channels = x.shape[1];
    const std::int64_t pixels = elements_between(x.shape, 2, rank_of(x.shape));
    const float* from = x.floats.data();
    float* to = y.floats.data();
    for (std::int64_t i = 0; i < x.shape[0] * channels; ++i, from += pixels, to += pixels) {
      const auto c = static_cast<std::size_t>(i % channels);
      const float scale = inputs[1]->floats[c] / std::sqrt(inputs[4]->floats[c] + epsilon);
      const float mean = inputs[3]->floats[c];
      const float bias = inputs[2]->floats[c];
      for (std::int64_t j = 0; j < pixels; ++j) to[j] = (from[j] - mean) * scale + bias;
    }
    return {std::move(y)};
  }
};

}  // namespace

extern const Registration<Op> batch_normalization = {
    "BatchNormalization",
    "Inference: (x - mean) / sqrt(var + epsilon) * scale + bias, per channel.",
    []() -> std::unique_ptr<Op> { return std::make_unique<BatchNormalization>(); }};

}  // namespace systolith
