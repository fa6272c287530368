#include <numeric>

#include "models/ops/broadcast.h"
#include "models/ops/gradient.h"
#include "models/ops/mat_mul_shape.h"
#include "models/ops/sgemm.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// Vectors become matrices of one row (A) or column (B); then dA = dY * B^T and dB = A^T * dY,
// summed over the batch dimensions that were stretched.
class ProductGradient {
 public:
  explicit ProductGradient(GradientContext& context)
      : context_(context),
        append_(context.append),
        a_shape_(context.shape(0)),
        b_shape_(context.shape(1)) {
    const MatMulShape product(context.node(), a_shape_, b_shape_);
    if (a_shape_.size() == 1) a_shape_.insert(a_shape_.begin(), 1);
    if (b_shape_.size() == 1) b_shape_.push_back(1);
    extent_ = product.extent;
    Shape y_shape = product.batch;
    y_shape.insert(y_shape.end(), {extent_.m, extent_.n});
    dy_ = append_.reshaped(context.arriving(), y_shape);
  }

  std::string left() const {
    const std::string b = append_.reshaped(context_.input(1), b_shape_);
    const std::string da = append_.node("MatMul", {dy_, transposed(b)});
    return append_.reshaped(append_.summed_to(da, a_shape_), context_.shape(0));
  }

  std::string right() const {
    if (b_shape_.size() == 2) return rows_at_once();
    const std::string a = append_.reshaped(context_.input(0), a_shape_);
    const std::string db = append_.node("MatMul", {transposed(a), dy_});
    return append_.reshaped(append_.summed_to(db, b_shape_), context_.shape(1));
  }

 private:
  // A matrix B sees the batch as more rows: one product sums over all of them.
  std::string rows_at_once() const {
    const std::int64_t rows = elements(append_.shape(dy_)) / extent_.n;
    const std::string a = append_.reshaped(context_.input(0), {rows, extent_.k});
    const std::string dy = append_.reshaped(dy_, {rows, extent_.n});
    const std::string db = append_.node("Gemm", {a, dy}, {{"transA", std::int64_t{1}}});
    return append_.reshaped(db, context_.shape(1));
  }

  std::string transposed(const std::string& matrices) const {
    std::vector<std::int64_t> perm(append_.shape(matrices).size());
    std::iota(perm.begin(), perm.end(), std::int64_t{0});
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return append_.node("Transpose", {matrices}, {{"perm", perm}});
  }

  GradientContext& context_;
  GraphAppender& append_;
  Shape a_shape_, b_shape_;
  SgemmExtent extent_;
  std::string dy_;
};

class MatMul : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 2);
    expect_floats(node, inputs);
    const MatMulShape product(node, inputs[0].value->shape, inputs[1].value->shape);
    return {typed(DataType::float32, product.shape)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Tensor& a = *inputs[0];
    const Tensor& b = *inputs[1];
    const MatMulShape product(node, a.shape, b.shape);
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
    const MatMulShape product(node, inputs.at(0), inputs.at(1));
    return elements({elements(outputs.at(0)), product.extent.k});
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    const ProductGradient gradient(context);
    GradientNames result(2);
    if (context.wanted(0)) result[0] = gradient.left();
    if (context.wanted(1)) result[1] = gradient.right();
    return result;
  }
};

}  // namespace

extern const Registration<Op> mat_mul = {
    "MatMul", "Matrix product as in NumPy: leading dimensions broadcast, vectors are promoted.",
    []() -> std::unique_ptr<Op> { return std::make_unique<MatMul>(); }};

}  // namespace systolith
