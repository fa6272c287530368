#include "models/ops/conv_quantization.h"
#include "models/ops/integer_product.h"

namespace systolith {
namespace {

class ConvInteger : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 4);
    for (std::size_t i = 0; i < 2; ++i) {
      expect_type(node, inputs, i, {DataType::uint8, DataType::int8});
      expect_type(node, inputs, i + 2, {inputs[i].value->type});
    }
    expect_one_value(node, inputs, 2);
    expect_one_value_or_per_channel(node, inputs, 3, inputs[1].value->shape);
    return {typed(DataType::int32,
                  checked_conv_shape(node, inputs[0].value->shape, inputs[1].value->shape))};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const ConvSums sums = quantized_conv(node, *inputs[0], optional_tensor(inputs, 2), *inputs[1],
                                         optional_tensor(inputs, 3));
    Tensor y = make_tensor(DataType::int32, sums.shape);
    y.integers.assign(sums.values.begin(), sums.values.end());
    return {std::move(y)};
  }

  std::int64_t macs(const Node& /*node*/, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& outputs) const override {
    return elements(
        {elements(outputs.at(0)), elements_between(inputs.at(1), 1, rank_of(inputs.at(1)))});
  }
};

}  // namespace

extern const Registration<Op> conv_integer = {
    "ConvInteger", "Convolution of 8-bit codes, less their zero points, in int32.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ConvInteger>(); }};

}  // namespace systolith
