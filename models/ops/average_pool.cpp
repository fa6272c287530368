#include <algorithm>

#include "models/ops/gradient.h"
#include "models/ops/spatial.h"
#include "models/ops/support.h"
#include "models/ops/window_gradient.h"

namespace systolith {
namespace {

// The taps that a mean is taken of: those on the input, or on input and explicit padding. What
// ceil_mode reaches beyond that never counts, as in PyTorch and ONNX's reference.
std::int64_t counted(const Taps& rows, const Taps& columns, bool count_padding) {
  if (count_padding) return rows.padded_end * columns.padded_end;
  return (rows.end - rows.begin) * (columns.end - columns.begin);
}

float mean(const SpatialGeometry& g, const float* plane, const Taps& rows, const Taps& columns,
           bool count_padding) {
  double sum = 0;
  for (std::int64_t kh = rows.begin; kh < rows.end; ++kh) {
    const float* row = plane + (rows.first + kh * g.dilations[0]) * g.input[1];
    for (std::int64_t kw = columns.begin; kw < columns.end; ++kw)
      sum += row[columns.first + kw * g.dilations[1]];
  }
  const std::int64_t count = counted(rows, columns, count_padding);
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

  // Every window's share of its arriving gradient, spread over its taps.
  std::vector<std::string> gradient(GradientContext& context) const override {
    GraphAppender& append = context.append;
    const Shape& x = context.shape(0);
    const SpatialGeometry g = pool_geometry(context.node(), x);
    const std::string shares = append.constant("share", window_shares(context.node(), g));
    const std::string spread = append.node("Mul", {context.arriving(), shares});
    Shape kernel = {x[1], 1};
    kernel.insert(kernel.end(), g.kernel.begin() + (2 - g.rank), g.kernel.end());
    Tensor ones = make_tensor(DataType::float32, kernel);
    std::fill(ones.floats.begin(), ones.floats.end(), 1.0F);
    return {spread_windows(append, g, x[1], spread, append.constant("ones", std::move(ones)))};
  }

 private:
  // 1 over what each window of a plane counts.
  static Tensor window_shares(const Node& node, const SpatialGeometry& g) {
    const bool count_padding = attribute(node, "count_include_pad", std::int64_t{0}) != 0;
    Tensor shares = make_tensor(DataType::float32, g.output_shape(1, 1));
    float* to = shares.floats.data();
    for (std::int64_t oh = 0; oh < g.out[0]; ++oh)
      for (std::int64_t ow = 0; ow < g.out[1]; ++ow, ++to) {
        const auto count = counted(taps_at(g, 0, oh), taps_at(g, 1, ow), count_padding);
        if (count != 0) *to = 1.0F / static_cast<float>(count);
      }
    return shares;
  }
};

}  // namespace

extern const Registration<Op> average_pool = {
    "AveragePool", "Mean of each window.",
    []() -> std::unique_ptr<Op> { return std::make_unique<AveragePool>(); }};

}  // namespace systolith
