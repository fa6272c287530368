#include <algorithm>

#include "models/ops/support.h"

namespace systolith {
namespace {

// Attributes start and end, of opset 15 on: counted from the end where negative, then clamped.
std::pair<std::int64_t, std::int64_t> range(const Node& node, std::int64_t rank) {
  const auto clamped = [&](const char* name, std::int64_t fallback) {
    const std::int64_t value = attribute(node, name, fallback);
    return std::clamp<std::int64_t>(value < 0 ? value + rank : value, 0, rank);
  };
  const std::int64_t start = clamped("start", 0);
  return {start, std::max(start, clamped("end", rank))};
}

class ShapeOp : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    const auto [start, end] = range(node, rank_of(inputs[0].value->shape));
    return {typed(DataType::int64, {end - start})};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Shape& shape = inputs[0]->shape;
    const auto [start, end] = range(node, rank_of(shape));
    Tensor y = make_tensor(DataType::int64, {end - start});
    std::copy(shape.begin() + start, shape.begin() + end, y.integers.begin());
    return {std::move(y)};
  }

  bool needs_only_shapes() const override { return true; }
};

}  // namespace

extern const Registration<Op> shape = {
    "Shape", "The extents of its input, as int64.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ShapeOp>(); }};

}  // namespace systolith
