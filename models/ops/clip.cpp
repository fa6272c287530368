#include <limits>

#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// In this order: where low > high, everything becomes high. NaN stays.
template <class T>
void clip_all(std::vector<T>& values, T low, T high) {
  for (T& value : values) {
    value = value < low ? low : value;
    value = high < value ? high : value;
  }
}

class Clip : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, 1, opset < 11 ? 1 : 3);
    const Value& x = *inputs[0].value;
    if (x.type == DataType::boolean) op_error(node, "input '{}' is boolean", x.name);
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      expect_type(node, inputs, i, {x.type});
      const Value* limit = inputs[i].value;
      if (limit != nullptr && elements(limit->shape) != 1)
        op_error(node, "limit '{}' {} must be a scalar", limit->name, to_string(limit->shape));
    }
    return {x};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    Tensor y = *inputs[0];
    const Tensor* low = optional_tensor(inputs, 1);
    const Tensor* high = optional_tensor(inputs, 2);
    if (is_floating(y.type)) {
      const float from = attribute(node, "min", std::numeric_limits<float>::lowest());
      const float to = attribute(node, "max", std::numeric_limits<float>::max());
      clip_all(y.floats, low ? low->floats[0] : from, high ? high->floats[0] : to);
    } else {
      clip_all(y.integers, low ? low->integers[0] : std::numeric_limits<std::int64_t>::min(),
               high ? high->integers[0] : std::numeric_limits<std::int64_t>::max());
    }
    return {std::move(y)};
  }

  // dY where low < x < high: the gradients of two ReLUs, of x - low and of high - x.
  std::vector<std::string> gradient(GradientContext& context) const override {
    const std::string low = limit(context, 1, "min"), high = limit(context, 2, "max");
    std::string result = context.arriving();
    for (const auto& [above, below] : {std::pair(context.input(0), low), {high, context.input(0)}})
      if (!above.empty() && !below.empty())
        result = context.append.node(
            "ReluGrad", {result, context.append.node("Sub", {above, below}, {}, "inside")});
    return {result};
  }

 private:
  // The name of a limit, "" where there is none.
  static std::string limit(GradientContext& context, std::size_t input, const std::string& name) {
    const Node& node = context.node();
    if (context.wanted(input)) op_error(node, "has no gradient with respect to its limits");
    if (input < node.inputs.size()) return node.inputs[input];
    if (node.attributes.count(name) == 0) return "";
    return context.append.scalar(name, attribute(node, name, 0.0F));
  }
};

}  // namespace

extern const Registration<Op> clip = {
    "Clip", "min(max(x, low), high); limits are attributes before opset 11, then inputs.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Clip>(); }};

}  // namespace systolith
