#include "models/ops/max_window.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// Looks for each window's largest value again, so that the forward pass has no indices to keep.
// Windows are visited in the order of the output; where they overlap, dX adds up in that order.
class MaxPoolGrad : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 2);
    expect_floats(node, inputs);
    const Shape &dy = inputs[0].value->shape, &x = inputs[1].value->shape;
    const Shape pooled = pool_geometry(node, x).output_shape(x[0], x[1]);
    if (dy != pooled)
      op_error(node, "dY {} must be {}, what X {} is pooled to", to_string(dy), to_string(pooled),
               to_string(x));
    return {typed(DataType::float32, x)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[1];
    const SpatialGeometry g = pool_geometry(node, x.shape);
    Tensor dx = make_tensor(DataType::float32, x.shape);
    const std::int64_t pixels = g.input[0] * g.input[1];
    const float* dy = inputs[0]->floats.data();
    for (std::int64_t first = 0; first < elements(x.shape); first += pixels)
      for (std::int64_t oh = 0; oh < g.out[0]; ++oh) {
        const Taps rows = taps_at(g, 0, oh);
        for (std::int64_t ow = 0; ow < g.out[1]; ++ow, ++dy) {
          const auto at = largest(g, x.floats.data() + first, rows, taps_at(g, 1, ow)).second;
          if (at >= 0) dx.floats[static_cast<std::size_t>(first + at)] += *dy;
        }
      }
    return {std::move(dx)};
  }
};

}  // namespace

extern const Registration<Op> max_pool_grad = {
    "MaxPoolGrad", "Backward of MaxPool: dY, X to dX; each dY goes to its window's first largest.",
    []() -> std::unique_ptr<Op> { return std::make_unique<MaxPoolGrad>(); }};

}  // namespace systolith
