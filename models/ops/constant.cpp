#include <type_traits>

#include "models/ops/support.h"

namespace systolith {
namespace {

template <class T>
Tensor vector_of(DataType type, Shape shape, const std::vector<T>& values) {
  Tensor y = make_tensor(type, std::move(shape));
  if constexpr (std::is_same_v<T, float>)
    y.floats = values;
  else
    y.integers = values;
  return y;
}

struct ValueOf {
  Tensor operator()(const Tensor& value) const { return value; }
  Tensor operator()(float value) const { return vector_of<float>(DataType::float32, {}, {value}); }
  Tensor operator()(std::int64_t value) const {
    return vector_of<std::int64_t>(DataType::int64, {}, {value});
  }
  Tensor operator()(const std::vector<float>& values) const {
    return vector_of(DataType::float32, {static_cast<std::int64_t>(values.size())}, values);
  }
  Tensor operator()(const std::vector<std::int64_t>& values) const {
    return vector_of(DataType::int64, {static_cast<std::int64_t>(values.size())}, values);
  }
  Tensor operator()(const std::string&) const { op_error(node, "strings are not supported"); }
  const Node& node;
};

Tensor constant_value(const Node& node) {
  for (const char* name : {"value", "value_float", "value_floats", "value_int", "value_ints"})
    if (const auto found = node.attributes.find(name); found != node.attributes.end())
      return std::visit(ValueOf{node}, found->second);
  op_error(node,
           "holds no value in a supported attribute (value, value_float, value_floats, value_int, "
           "value_ints)");
}

class Constant : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 0, 0);
    const Tensor value = constant_value(node);
    return {typed(value.type, value.shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& /*inputs*/,
                               int /*opset*/) const override {
    return {constant_value(node)};
  }
};

}  // namespace

extern const Registration<Op> constant = {
    "Constant", "A tensor held in the node.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Constant>(); }};

}  // namespace systolith
