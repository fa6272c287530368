#include "models/ops/broadcast.h"
#include "models/ops/matrix_quantization.h"
#include "models/ops/quantization.h"

namespace systolith {
namespace {

// Inputs: a, its scale and zero point, b with its own, the result's scale and zero point.
enum Input : std::size_t { kA, kAScale, kAZero, kB, kBScale, kBZero, kYScale, kYZero, kInputs };

// One value per element of `to`.
template <class T>
std::vector<T> stretched(const std::vector<T>& values, const Shape& from, const Shape& to) {
  std::vector<T> result(static_cast<std::size_t>(elements(to)));
  for_each_run(broadcast_walk(to, from, from), [&](auto out, auto at, auto, auto count, auto step,
                                                   auto) {
    for (std::int64_t i = 0; i < count; ++i)
      result[static_cast<std::size_t>(out + i)] = values[static_cast<std::size_t>(at + i * step)];
  });
  return result;
}

class QLinearMatMul : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, kInputs, kInputs);
    for (const std::size_t i : {kA, kB}) {
      expect_type(node, inputs, i, {DataType::uint8, DataType::int8});
      expect_type(node, inputs, i + 2, {inputs[i].value->type});
    }
    expect_type(node, inputs, kAScale, {DataType::float32, DataType::float16, DataType::bfloat16});
    for (const std::size_t i : {kBScale, kYScale})
      expect_type(node, inputs, i, {inputs[kAScale].value->type});
    expect_type(node, inputs, kYZero, {DataType::uint8, DataType::int8});
    for (const std::size_t i : {kAScale, kBScale, kYScale})
      expect_shape_of_scale(node, *inputs[i].value, inputs[i + 1].value);
    const MatMulShape product(node, inputs[kA].value->shape, inputs[kB].value->shape);
    per_row(node, inputs[kAScale].value->shape, inputs[kA].value->shape);
    per_column(node, inputs[kBScale].value->shape, inputs[kB].value->shape);
    per_row(node, inputs[kYScale].value->shape, product.matrices);
    return {typed(inputs[kYZero].value->type, product.shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &a = *inputs[kA], &b = *inputs[kB], &y_zero = *inputs[kYZero];
    const MatMulShape product(node, a.shape, b.shape);
    const Int32s sums = integer_matmul(product, centred_rows(node, a, inputs[kAZero]),
                                       centred_columns(node, b, inputs[kBZero]));
    const auto rows = [&](std::size_t input, const Shape& of) {
      const Tensor& scale = *inputs[input];
      return stretched(scale.floats, per_row(node, scale.shape, of), product.matrices);
    };
    const std::vector<float> a_scale = rows(kAScale, a.shape),
                             y_scale = rows(kYScale, product.matrices);
    const Tensor& column = *inputs[kBScale];
    const std::vector<float> b_scale =
        stretched(column.floats, per_column(node, column.shape, b.shape), product.matrices);
    const auto zero =
        stretched(y_zero.integers, per_row(node, y_zero.shape, product.matrices), product.matrices);
    Tensor y = make_tensor(y_zero.type, product.shape);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const float factor =
          requantization_factor(inputs[kAScale]->type, a_scale[i], b_scale[i], y_scale[i]);
      y.integers[i] = to_code(static_cast<float>(sums[i]) * factor, zero[i], y.type);
    }
    return {std::move(y)};
  }

  std::int64_t macs(const Node& node, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& outputs) const override {
    const MatMulShape product(node, inputs.at(kA), inputs.at(kB));
    return elements({elements(outputs.at(0)), product.extent.k});
  }

  bool keeps_narrow_floats() const override { return true; }
};

}  // namespace

extern const Registration<Op> qlinear_mat_mul = {
    "QLinearMatMul", "Matrix product of quantised matrices, per tensor, per row or per column.",
    []() -> std::unique_ptr<Op> { return std::make_unique<QLinearMatMul>(); }};

}  // namespace systolith
