#include <algorithm>
#include <cmath>

#include "models/ops/support.h"

namespace systolith {
namespace {

void add_squares(const float* plane, std::vector<float>& squares) {
  for (std::size_t j = 0; j < squares.size(); ++j) squares[j] += plane[j] * plane[j];
}

class Lrn : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_floats(node, inputs);
    if (inputs[0].value->shape.size() < 2)
      op_error(node, "input {} has no channels", to_string(inputs[0].value->shape));
    if (attribute(node, "size", std::int64_t{0}) < 1)
      op_error(node, "attribute 'size' must be at least 1");
    return {*inputs[0].value};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[0];
    const std::int64_t size = attribute(node, "size", std::int64_t{1});
    const float alpha = attribute(node, "alpha", 1e-4F) / static_cast<float>(size);
    const float beta = attribute(node, "beta", 0.75F);
    const float bias = attribute(node, "bias", 1.0F);
    const std::int64_t channels = x.shape[1];
    const std::int64_t pixels = elements_between(x.shape, 2, rank_of(x.shape));
    Tensor y = make_tensor(DataType::float32, x.shape);
    std::vector<float> squares(static_cast<std::size_t>(pixels));
    for (std::int64_t i = 0; i < x.shape[0] * channels; ++i) {
      const std::int64_t c = i % channels;
      const float* own = x.floats.data() + i * pixels;
      std::fill(squares.begin(), squares.end(), 0.0F);
      // The window has floor((size - 1) / 2) channels below its own and ceil((size - 1) / 2) above.
      const std::int64_t first = std::max<std::int64_t>(0, c - (size - 1) / 2);
      const std::int64_t last = c + std::min(channels - 1 - c, size / 2);
      for (std::int64_t k = first; k <= last; ++k) add_squares(own + (k - c) * pixels, squares);
      for (std::int64_t j = 0; j < pixels; ++j)
        y.floats[i * pixels + j] =
            own[j] / std::pow(bias + alpha * squares[static_cast<std::size_t>(j)], beta);
    }
    return {std::move(y)};
  }
};

}  // namespace

extern const Registration<Op> lrn = {
    "LRN", "Local response normalisation across channels.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Lrn>(); }};

}  // namespace systolith
