#include "models/ops/gradient.h"
#include "models/ops/patches.h"
#include "models/ops/sgemm.h"
#include "models/ops/support.h"
#include "models/ops/window_gradient.h"

namespace systolith {
namespace {

std::vector<std::int64_t> all_but_channels(const GradientContext& context) {
  std::vector<std::int64_t> axes = {0};
  for (std::int64_t axis = 2; axis < rank_of(context.shape(0)); ++axis) axes.push_back(axis);
  return axes;
}

class Conv : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 3);
    expect_floats(node, inputs);
    const Shape& x = inputs[0].value->shape;
    const Shape& w = inputs[1].value->shape;
    const SpatialGeometry geometry = conv_geometry(node, x, w);
    check_conv_channels(node, x, w);
    if (const Value* bias = optional_value(inputs, 2); bias && bias->shape != Shape{w[0]})
      op_error(node, "bias {} must be {}", to_string(bias->shape), to_string(Shape{w[0]}));
    return {typed(DataType::float32, geometry.output_shape(x[0], w[0]))};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[0];
    const Tensor& w = *inputs[1];
    const SpatialGeometry geometry = conv_geometry(node, x.shape, w.shape);
    Tensor y = make_tensor(DataType::float32, geometry.output_shape(x.shape[0], w.shape[0]));
    if (const Tensor* bias = optional_tensor(inputs, 2)) fill_with_bias(y, *bias);

    const std::int64_t groups = attribute(node, "group", std::int64_t{1});
    const std::int64_t outputs = w.shape[0] / groups;
    const SgemmExtent extent = {outputs, geometry.out[0] * geometry.out[1],
                                elements_between(w.shape, 1, rank_of(w.shape))};
    const std::int64_t image = w.shape[1] * geometry.input[0] * geometry.input[1];
    for (std::int64_t i = 0; i < x.shape[0] * groups; ++i) {
      const MatrixView weights = {w.floats.data() + i % groups * outputs * extent.k, extent.k};
      float* out = y.floats.data() + i * outputs * extent.n;
      const auto patches = patch_source(geometry, x.floats.data() + i * image);
      sgemm(extent, weights, *patches, out, extent.n);
    }
    return {std::move(y)};
  }

  // Every output element takes one channel group's kernel window.
  std::int64_t macs(const Node& /*node*/, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& outputs) const override {
    return elements(
        {elements(outputs.at(0)), elements_between(inputs.at(1), 1, rank_of(inputs.at(1)))});
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    const Shape& w = context.shape(1);
    const SpatialGeometry geometry = conv_geometry(context.node(), context.shape(0), w);
    const std::int64_t groups = attribute(context.node(), "group", std::int64_t{1});
    GradientNames result(context.node().inputs.size());
    if (context.wanted(0))
      result[0] =
          spread_windows(context.append, geometry, groups, context.arriving(), context.input(1));
    if (context.wanted(1))
      result[1] = context.append.node("ConvWeightGrad", {context.input(0), context.arriving()},
                                      explicit_attributes(geometry, groups));
    if (context.wanted(2))
      result[2] = context.append.reshaped(
          context.append.summed(context.arriving(), all_but_channels(context)), context.shape(2));
    return result;
  }
};

}  // namespace

extern const Registration<Op> conv = {
    "Conv", "Convolution over one or two dimensions, with groups.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Conv>(); }};

}  // namespace systolith
