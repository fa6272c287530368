#include "models/ops/patches.h"
#include "models/ops/sgemm.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// dW[m, (c, kh, kw)] = sum over images, then output pixels p in order, of dY[m, p] times what tap
// (kh, kw) of output p reads of channel c: one matrix product for each image and group.
class ConvWeightGrad : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 2);
    expect_floats(node, inputs);
    const Shape &x = inputs[0].value->shape, &dy = inputs[1].value->shape;
    const std::int64_t groups = attribute(node, "group", std::int64_t{1});
    if (x.size() < 2 || dy.size() != x.size())
      op_error(node, "X {} and dY {} must have the same rank", to_string(x), to_string(dy));
    if (groups < 1 || x[1] % groups != 0 || dy[1] % groups != 0)
      op_error(node, "the channels of X {} and dY {} can't be split into {} groups", to_string(x),
               to_string(dy), groups);
    const Shape w = weight_shape(node, x, dy);
    const Shape convolved = conv_geometry(node, x, w).output_shape(x[0], w[0]);
    if (dy != convolved)
      op_error(node, "dY {} must be {}, what X {} is convolved to", to_string(dy),
               to_string(convolved), to_string(x));
    return {typed(DataType::float32, w)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &x = *inputs[0], &dy = *inputs[1];
    Tensor dw = make_tensor(DataType::float32, weight_shape(node, x.shape, dy.shape));
    const SpatialGeometry g = conv_geometry(node, x.shape, dw.shape);
    const std::int64_t groups = attribute(node, "group", std::int64_t{1});
    const SgemmExtent extent = {dw.shape[0] / groups,
                                elements_between(dw.shape, 1, rank_of(dw.shape)),
                                g.out[0] * g.out[1]};
    const std::int64_t image = dw.shape[1] * g.input[0] * g.input[1];
    for (std::int64_t i = 0; i < x.shape[0] * groups; ++i) {
      const auto patches = patch_source(g, x.floats.data() + i * image);
      sgemm(extent, {dy.floats.data() + i * extent.m * extent.k, extent.k},
            TransposedSource(*patches), dw.floats.data() + i % groups * extent.m * extent.n,
            extent.n);
    }
    return {std::move(dw)};
  }

  // Every element of dY meets one channel group's kernel window.
  std::int64_t macs(const Node& /*node*/, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& outputs) const override {
    return elements(
        {elements(inputs.at(1)), elements_between(outputs.at(0), 1, rank_of(outputs.at(0)))});
  }

 private:
  static Shape weight_shape(const Node& node, const Shape& x, const Shape& dy) {
    const auto kernel = attribute(node, "kernel_shape", std::vector<std::int64_t>{});
    if (kernel.size() + 2 != x.size())
      op_error(node, "attribute 'kernel_shape' has {} values, needs {}", kernel.size(),
               x.size() - 2);
    Shape w = {dy[1], x[1] / attribute(node, "group", std::int64_t{1})};
    w.insert(w.end(), kernel.begin(), kernel.end());
    return w;
  }
};

}  // namespace

extern const Registration<Op> conv_weight_grad = {
    "ConvWeightGrad", "Backward of Conv with respect to its weights: X, dY to dW.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ConvWeightGrad>(); }};

}  // namespace systolith
