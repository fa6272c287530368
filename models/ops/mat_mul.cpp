#include "models/ops/broadcast.h"
#include "models/ops/sgemm.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

struct Product {
  Product(const Node& node, Shape a, Shape b) {
    if (a.empty() || b.empty())
      op_error(node, "A {} and B {} must not be scalars", to_string(a), to_string(b));
    const bool vector_a = a.size() == 1;
    const bool vector_b = b.size() == 1;
    const std::string message =
        fmt::format("A {} and B {} don't agree", to_string(a), to_string(b));
    if (vector_a) a.insert(a.begin(), 1);
    if (vector_b) b.push_back(1);
    extent = {a[a.size() - 2], b.back(), a.back()};
    if (b[b.size() - 2] != extent.k) op_error(node, "{}", message);
    batch_a.assign(a.begin(), a.end() - 2);
    batch_b.assign(b.begin(), b.end() - 2);
    batch = broadcast_shape(node, batch_a, batch_b);
    shape = batch;
    if (!vector_a) shape.push_back(extent.m);
    if (!vector_b) shape.push_back(extent.n);
  }

  SgemmExtent extent;
  Shape batch_a, batch_b, batch;
  Shape shape;  // of the result
};

class MatMul : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 2);
    expect_floats(node, inputs);
    const Product product(node, inputs[0].value->shape, inputs[1].value->shape);
    return {typed(DataType::float32, product.shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& a = *inputs[0];
    const Tensor& b = *inputs[1];
    const Product product(node, a.shape, b.shape);
    const SgemmExtent& extent = product.extent;
    Tensor y = make_tensor(DataType::float32, product.shape);
    const auto walk = broadcast_walk(product.batch, product.batch_a, product.batch_b);
    for_each_run(walk, [&](auto out, auto at_a, auto at_b, auto count, auto da, auto db) {
      for (std::int64_t i = 0; i < count; ++i) {
        const float* left = a.floats.data() + (at_a + i * da) * extent.m * extent.k;
        const float* right = b.floats.data() + (at_b + i * db) * extent.k * extent.n;
        sgemm(extent, {left, extent.k}, MatrixSource({right, extent.n}),
              y.floats.data() + (out + i) * extent.m * extent.n, extent.n);
      }
    });
    return {std::move(y)};
  }

  std::int64_t macs(const Node& node, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& outputs) const override {
    const Product product(node, inputs.at(0), inputs.at(1));
    return elements({elements(outputs.at(0)), product.extent.k});
  }
};

}  // namespace

extern const Registration<Op> mat_mul = {
    "MatMul", "Matrix product as in NumPy: leading dimensions broadcast, vectors are promoted.",
    []() -> std::unique_ptr<Op> { return std::make_unique<MatMul>(); }};

}  // namespace systolith
