#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

Shape reshaped(const Node& node, const Shape& from, const std::vector<std::int64_t>& wanted) {
  const auto refuse = [&] {
    op_error(node, "input {} can't be reshaped to {}", to_string(from), to_string(wanted));
  };
  const bool allow_zero = attribute(node, "allowzero", std::int64_t{0}) != 0;
  Shape to = wanted;
  auto unknown = to.end();
  std::int64_t rest = 1;
  for (auto extent = to.begin(); extent != to.end(); ++extent) {
    const auto index = static_cast<std::size_t>(extent - to.begin());
    if (*extent == 0 && !allow_zero) {
      if (index >= from.size()) refuse();
      *extent = from[index];
    }
    if (*extent < -1 || (*extent == -1 && unknown != to.end())) refuse();
    if (*extent == -1)
      unknown = extent;
    else
      rest = elements({rest, *extent});
  }
  if (unknown != to.end()) {
    if (rest == 0 || elements(from) % rest != 0) refuse();
    *unknown = elements(from) / rest;
  }
  if (elements(to) != elements(from)) refuse();
  return to;
}

class Reshape : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 2);
    expect_type(node, inputs, 1, {DataType::int64});
    expect_constant(node, inputs, 1, "shape");
    const Value& data = *inputs[0].value;
    return {typed(data.type, reshaped(node, data.shape, inputs[1].constant->integers))};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    Tensor y = *inputs[0];
    y.shape = reshaped(node, y.shape, inputs[1]->integers);
    return {std::move(y)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    return reshape_gradient(context);
  }
};

}  // namespace

extern const Registration<Op> reshape = {
    "Reshape", "The same elements in another shape; 0 keeps an extent, -1 is worked out.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Reshape>(); }};

}  // namespace systolith
