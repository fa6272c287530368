#include "models/ops/patches.h"
#include "models/ops/sgemm.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

void check_channels(const Node& node, const Shape& x, const Shape& w) {
  const std::int64_t groups = attribute(node, "group", std::int64_t{1});
  if (groups < 1) op_error(node, "group {} must be at least 1", groups);
  if (w[0] < 1 || w[1] < 1) op_error(node, "weights {} have no elements", to_string(w));
  if (x[1] != w[0] || x[1] % groups != 0)
    op_error(node, "input {} has {} channels, but weights {} take {} in {} groups", to_string(x),
             x[1], to_string(w), w[0], groups);
}

// Each group's [channels, rest] block of the weights as [rest, channels].
std::vector<float> transposed_blocks(const Tensor& w, std::int64_t groups) {
  const std::int64_t channels = w.shape[0] / groups;
  const std::int64_t rest = elements_between(w.shape, 1, rank_of(w.shape));
  std::vector<float> result;
  result.reserve(w.floats.size());
  for (std::int64_t group = 0; group < groups; ++group)
    for (std::int64_t i = 0; i < rest; ++i)
      for (std::int64_t c = 0; c < channels; ++c)
        result.push_back(w.floats[static_cast<std::size_t>((group * channels + c) * rest + i)]);
  return result;
}

// The transpose of a convolution's matrix: what each tap of each output channel takes of the input,
// summed over the channels in order, then added tap by tap to where that tap lies.
class ConvTranspose : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 3);
    expect_floats(node, inputs);
    const Shape &x = inputs[0].value->shape, &w = inputs[1].value->shape;
    const SpatialGeometry g = conv_transpose_geometry(node, x, w);
    check_channels(node, x, w);
    const Shape y = output_shape(node, g, x, w);
    if (const Value* bias = optional_value(inputs, 2); bias && bias->shape != Shape{y[1]})
      op_error(node, "bias {} must be {}", to_string(bias->shape), to_string(Shape{y[1]}));
    return {typed(DataType::float32, y)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &x = *inputs[0], &w = *inputs[1];
    const SpatialGeometry g = conv_transpose_geometry(node, x.shape, w.shape);
    Tensor y = make_tensor(DataType::float32, output_shape(node, g, x.shape, w.shape));
    if (const Tensor* bias = optional_tensor(inputs, 2)) fill_with_bias(y, *bias);

    const std::int64_t groups = attribute(node, "group", std::int64_t{1});
    const std::vector<float> weights = transposed_blocks(w, groups);
    const SgemmExtent extent = {elements_between(w.shape, 1, rank_of(w.shape)), g.out[0] * g.out[1],
                                w.shape[0] / groups};
    std::vector<float> columns(static_cast<std::size_t>(extent.m * extent.n));
    const std::int64_t image = w.shape[1] * g.input[0] * g.input[1];
    for (std::int64_t i = 0; i < x.shape[0] * groups; ++i) {
      columns.assign(columns.size(), 0.0F);
      const float* block = weights.data() + i % groups * extent.m * extent.k;
      const MatrixSource channels({x.floats.data() + i * extent.k * extent.n, extent.n});
      sgemm(extent, {block, extent.k}, channels, columns.data(), extent.n);
      add_patches(g, w.shape[1], columns.data(), y.floats.data() + i * image);
    }
    return {std::move(y)};
  }

  // Every input element meets one channel group's kernels.
  std::int64_t macs(const Node& /*node*/, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& /*outputs*/) const override {
    return elements(
        {elements(inputs.at(0)), elements_between(inputs.at(1), 1, rank_of(inputs.at(1)))});
  }

 private:
  static Shape output_shape(const Node& node, const SpatialGeometry& g, const Shape& x,
                            const Shape& w) {
    Shape y = {x[0], w[1] * attribute(node, "group", std::int64_t{1})};
    for (int dim = 2 - g.rank; dim < 2; ++dim) y.push_back(g.input[dim]);
    return y;
  }
};

}  // namespace

extern const Registration<Op> conv_transpose = {
    "ConvTranspose", "The transpose of a convolution, its gradient with respect to the data.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ConvTranspose>(); }};

}  // namespace systolith
