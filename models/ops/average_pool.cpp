#include "models/ops/spatial.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// Of the taps on the input, or on input and explicit padding. What ceil_mode reaches beyond that
// never counts, as in PyTorch and ONNX's reference.
float mean(const SpatialGeometry& g, const float* plane, const Taps& rows, const Taps& columns,
           bool count_padding) {
  double sum = 0;
  for (std::int64_t kh = rows.begin; kh < rows.end; ++kh) {
    const float* row = plane + (rows.first + kh * g.dilations[0]) * g.input[1];
    for (std::int64_t kw = columns.begin; kw < columns.end; ++kw)
      sum += row[columns.first + kw * g.dilations[1]];
  }
  const std::int64_t count = count_padding
                                 ? rows.padded_end * columns.padded_end
                                 : (rows.end - rows.begin) * (columns.end - columns.begin);
  return count == 0 ? 0.0F : static_cast<float>(sum / static_cast<double>(count));
}

class AveragePool : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    expect_floats(node, inputs);
    const Shape& x = inputs[0].value->shape;
    return {typed(DataType::float32, pool_geometry(node, x).output_shape(x[0], x[1]))};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[0];
    const SpatialGeometry g = pool_geometry(node, x.shape);
    const bool count_padding = attribute(node, "count_include_pad", std::int64_t{0}) != 0;
    Tensor y = make_tensor(DataType::float32, g.output_shape(x.shape[0], x.shape[1]));
    float* to = y.floats.data();
    const std::int64_t planes = x.shape[0] * x.shape[1];
    for (std::int64_t p = 0; p < planes; ++p) {
      const float* plane = x.floats.data() + p * g.input[0] * g.input[1];
      for (std::int64_t oh = 0; oh < g.out[0]; ++oh)
        for (std::int64_t ow = 0; ow < g.out[1]; ++ow)
          *to++ = mean(g, plane, taps_at(g, 0, oh), taps_at(g, 1, ow), count_padding);
    }
    return {std::move(y)};
  }
};

}  // namespace

extern const Registration<Op> average_pool = {
    "AveragePool", "Mean of each window.",
    []() -> std::unique_ptr<Op> { return std::make_unique<AveragePool>(); }};

}  // namespace systolith
