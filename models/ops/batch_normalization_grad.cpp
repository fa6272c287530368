#include <cmath>

#include "models/ops/batch_moments.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// With n values a channel, r = 1 / sqrt(variance + epsilon) and h = (x - mean) * r:
//   dBias = sum(dY), dScale = sum(dY * h), dX = scale * r * (dY - dBias / n - h * dScale / n).
// The batch's moments are taken again from X: ONNX's BatchNormalization does not give them out.
class BatchNormalizationGrad : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 3, 3);
    expect_floats(node, inputs);
    const Shape &dy = inputs[0].value->shape, &x = inputs[1].value->shape;
    if (dy != x) op_error(node, "dY {} must have the shape of X {}", to_string(dy), to_string(x));
    if (x.size() < 2 || elements(x) == 0)
      op_error(node, "X {} has no channels or no elements", to_string(x));
    const Shape channels = {x[1]};
    if (inputs[2].value->shape != channels)
      op_error(node, "scale {} must be {}", to_string(inputs[2].value->shape), to_string(channels));
    return {typed(DataType::float32, x), typed(DataType::float32, channels),
            typed(DataType::float32, channels)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const std::vector<float>&dy = inputs[0]->floats, &x = inputs[1]->floats;
    const Shape& shape = inputs[1]->shape;
    const BatchMoments batch = batch_moments(*inputs[1]);
    std::vector<float> r;
    for (const float variance : batch.variance)
      r.push_back(1 / std::sqrt(variance + attribute(node, "epsilon", 1e-5F)));

    std::vector<double> dscale(r.size()), dbias(r.size());
    for_each_plane(shape, [&](std::size_t c, std::int64_t first, std::int64_t pixels) {
      for (std::int64_t i = first; i < first + pixels; ++i) {
        dbias[c] += dy[i];
        dscale[c] += dy[i] * ((x[i] - batch.mean[c]) * r[c]);
      }
    });
    Tensor scale = make_tensor(DataType::float32, {shape[1]}), bias = scale;
    scale.floats.assign(dscale.begin(), dscale.end());
    bias.floats.assign(dbias.begin(), dbias.end());

    Tensor dx = make_tensor(DataType::float32, shape);
    for_each_plane(shape, [&](std::size_t c, std::int64_t first, std::int64_t pixels) {
      const float mean_dy = bias.floats[c] / batch.count;
      const float mean_dyh = scale.floats[c] / batch.count;
      const float factor = inputs[2]->floats[c] * r[c];
      for (std::int64_t i = first; i < first + pixels; ++i)
        dx.floats[i] = factor * (dy[i] - mean_dy - (x[i] - batch.mean[c]) * r[c] * mean_dyh);
    });
    return {std::move(dx), std::move(scale), std::move(bias)};
  }
};

}  // namespace

extern const Registration<Op> batch_normalization_grad = {
    "BatchNormalizationGrad",
    "Backward of BatchNormalization in training mode: dY, X, scale to dX, dScale, dBias.",
    []() -> std::unique_ptr<Op> { return std::make_unique<BatchNormalizationGrad>(); }};

}  // namespace systolith
