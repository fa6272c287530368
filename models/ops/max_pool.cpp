#include "models/ops/gradient.h"
#include "models/ops/max_window.h"
#include "models/ops/spatial.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// `indices` (where not empty) count the whole tensor; with column_major, a plane's width first.
template <class T>
void pool_planes(const SpatialGeometry& g, const std::vector<T>& from, std::vector<T>& to,
                 std::vector<std::int64_t>& indices, bool column_major) {
  const std::int64_t plane = g.input[0] * g.input[1];
  const std::int64_t planes = static_cast<std::int64_t>(from.size()) / plane;
  std::size_t out = 0;
  for (std::int64_t p = 0; p < planes; ++p)
    for (std::int64_t oh = 0; oh < g.out[0]; ++oh) {
      const Taps rows = taps_at(g, 0, oh);
      for (std::int64_t ow = 0; ow < g.out[1]; ++ow, ++out) {
        const auto [best, at] = largest(g, from.data() + p * plane, rows, taps_at(g, 1, ow));
        to[out] = best;
        if (indices.empty()) continue;
        const std::int64_t transposed = at % g.input[1] * g.input[0] + at / g.input[1];
        indices[out] = at < 0 ? at : p * plane + (column_major ? transposed : at);
      }
    }
}

class MaxPool : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    const Value& x = *inputs[0].value;
    if (x.type == DataType::boolean) op_error(node, "input '{}' is boolean", x.name);
    const Shape out = pool_geometry(node, x.shape).output_shape(x.shape[0], x.shape[1]);
    return {typed(x.type, out), typed(DataType::int64, out)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& x = *inputs[0];
    const SpatialGeometry geometry = pool_geometry(node, x.shape);
    const Shape shape = geometry.output_shape(x.shape[0], x.shape[1]);
    Tensor y = make_tensor(x.type, shape);
    Tensor indices;
    if (node.outputs.size() > 1) indices = make_tensor(DataType::int64, shape);
    const bool column_major = attribute(node, "storage_order", std::int64_t{0}) != 0;
    visit_data(x, y, [&](const auto& from, auto& to) {
      pool_planes(geometry, from, to, indices.integers, column_major);
    });
    if (node.outputs.size() <= 1) return {std::move(y)};
    return {std::move(y), std::move(indices)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    auto attributes = context.node().attributes;
    attributes.erase("storage_order");  // of the indices, which the backward op does not read
    return {context.append.node("MaxPoolGrad", {context.arriving(), context.input(0)}, attributes)};
  }
};

}  // namespace

extern const Registration<Op> max_pool = {
    "MaxPool", "Largest value of each window, and optionally where it stood.",
    []() -> std::unique_ptr<Op> { return std::make_unique<MaxPool>(); }};

}  // namespace systolith
