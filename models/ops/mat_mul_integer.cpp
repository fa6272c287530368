#include "models/ops/integer_product.h"
#include "models/ops/matrix_quantization.h"

namespace systolith {
namespace {

class MatMulInteger : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 4);
    for (std::size_t i = 0; i < 2; ++i) {
      expect_type(node, inputs, i, {DataType::uint8, DataType::int8});
      expect_type(node, inputs, i + 2, {inputs[i].value->type});
    }
    const Shape &a = inputs[0].value->shape, &b = inputs[1].value->shape;
    const MatMulShape product(node, a, b);
    if (const Value* zero = optional_value(inputs, 2)) per_row(node, zero->shape, a);
    if (const Value* zero = optional_value(inputs, 3)) per_column(node, zero->shape, b);
    return {typed(DataType::int32, product.shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor &a = *inputs[0], &b = *inputs[1];
    const MatMulShape product(node, a.shape, b.shape);
    const Int32s sums = integer_matmul(product, centred_rows(node, a, optional_tensor(inputs, 2)),
                                       centred_columns(node, b, optional_tensor(inputs, 3)));
    Tensor y = make_tensor(DataType::int32, product.shape);
    y.integers.assign(sums.begin(), sums.end());
    return {std::move(y)};
  }

  std::int64_t macs(const Node& node, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& outputs) const override {
    const MatMulShape product(node, inputs.at(0), inputs.at(1));
    return elements({elements(outputs.at(0)), product.extent.k});
  }
};

}  // namespace

extern const Registration<Op> mat_mul_integer = {
    "MatMulInteger", "Matrix product of 8-bit codes, less their zero points, in int32.",
    []() -> std::unique_ptr<Op> { return std::make_unique<MatMulInteger>(); }};

}  // namespace systolith
