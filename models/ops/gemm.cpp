#include "models/ops/broadcast.h"
#include "models/ops/gradient.h"
#include "models/ops/sgemm.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

struct Options {
  explicit Options(const Node& node)
      : alpha(attribute(node, "alpha", 1.0F)),
        beta(attribute(node, "beta", 1.0F)),
        trans_a(attribute(node, "transA", std::int64_t{0}) != 0),
        trans_b(attribute(node, "transB", std::int64_t{0}) != 0) {}
  float alpha, beta;
  bool trans_a, trans_b;
};

SgemmExtent extent_of(const Options& options, const Shape& a, const Shape& b) {
  return {a[options.trans_a ? 1 : 0], b[options.trans_b ? 0 : 1], a[options.trans_a ? 0 : 1]};
}

// The matrix as a view, transposed on request.
MatrixView view(const Tensor& matrix, bool transposed) {
  const std::int64_t columns = matrix.shape[1];
  if (transposed) return {matrix.floats.data(), 1, columns};
  return {matrix.floats.data(), columns, 1};
}

// Rows one after the other, whatever the view's strides.
std::vector<float> dense(MatrixView view, std::int64_t rows, std::int64_t columns) {
  std::vector<float> result;
  result.reserve(static_cast<std::size_t>(rows * columns));
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      result.push_back(view.data[i * view.row_stride + j * view.column_stride]);
  return result;
}

std::vector<float> product(const Options& options, const SgemmExtent& extent, const Tensor& a,
                           const Tensor& b) {
  const MatrixView left = view(a, options.trans_a);
  const MatrixView right = view(b, options.trans_b);
  std::vector<float> y(static_cast<std::size_t>(extent.m * extent.n), 0.0F);
  // Few rows would not pay for packing the large operand: its rows stream as the left one instead.
  if (options.trans_b && extent.m <= kMaxPanelWidth) {
    const MatrixView left_transposed = {left.data, left.column_stride, left.row_stride};
    sgemm({extent.n, extent.m, extent.k}, {b.floats.data(), extent.k},
          MatrixSource(left_transposed), y.data(), extent.m);
    return dense({y.data(), 1, extent.m}, extent.m, extent.n);
  }
  const std::vector<float> rows =
      options.trans_a ? dense(left, extent.m, extent.k) : std::vector<float>{};
  sgemm(extent, {options.trans_a ? rows.data() : left.data, extent.k}, MatrixSource(right),
        y.data(), extent.n);
  return y;
}

std::string product_node(GradientContext& context, float alpha, const std::string& a, bool trans_a,
                         const std::string& b, bool trans_b) {
  return context.append.node(
      "Gemm", {a, b},
      {{"alpha", alpha}, {"transA", std::int64_t{trans_a}}, {"transB", std::int64_t{trans_b}}});
}

// Of Y = alpha * A' * B', with A' and B' as the product sees them: dA' = alpha * dY * B'^T.
std::string left_gradient(GradientContext& context, const Options& options) {
  const std::string &dy = context.arriving(), &b = context.input(1);
  if (options.trans_a) return product_node(context, options.alpha, b, options.trans_b, dy, true);
  return product_node(context, options.alpha, dy, false, b, !options.trans_b);
}

// dB' = alpha * A'^T * dY.
std::string right_gradient(GradientContext& context, const Options& options) {
  const std::string &dy = context.arriving(), &a = context.input(0);
  if (options.trans_b) return product_node(context, options.alpha, dy, true, a, options.trans_a);
  return product_node(context, options.alpha, a, !options.trans_a, dy, false);
}

class Gemm : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 2, 3);
    expect_floats(node, inputs);
    const Shape& a = inputs[0].value->shape;
    const Shape& b = inputs[1].value->shape;
    if (a.size() != 2 || b.size() != 2)
      op_error(node, "A {} and B {} must be matrices", to_string(a), to_string(b));
    const Options options(node);
    if (a[options.trans_a ? 0 : 1] != b[options.trans_b ? 1 : 0])
      op_error(node, "A {}{} and B {}{} don't agree", to_string(a),
               options.trans_a ? " (transposed)" : "", to_string(b),
               options.trans_b ? " (transposed)" : "");
    const SgemmExtent extent = extent_of(options, a, b);
    const Shape out = {extent.m, extent.n};
    if (const Value* c = optional_value(inputs, 2); c && !broadcasts_to(c->shape, out))
      op_error(node, "C {} can't be broadcast to {}", to_string(c->shape), to_string(out));
    return {typed(DataType::float32, out)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const Options options(node);
    const SgemmExtent extent = extent_of(options, inputs[0]->shape, inputs[1]->shape);
    Tensor y = make_tensor(DataType::float32, {extent.m, extent.n});
    y.floats = product(options, extent, *inputs[0], *inputs[1]);
    for (float& value : y.floats) value *= options.alpha;
    if (const Tensor* c = optional_tensor(inputs, 2)) {
      const BroadcastWalk walk = broadcast_walk(y.shape, y.shape, c->shape);
      for_each_run(walk, [&](auto out, auto, auto from, auto count, auto, auto step) {
        for (std::int64_t i = 0; i < count; ++i)
          y.floats[out + i] += options.beta * c->floats[from + i * step];
      });
    }
    return {std::move(y)};
  }

  std::int64_t macs(const Node& node, const std::vector<Shape>& inputs,
                    const std::vector<Shape>& /*outputs*/) const override {
    const SgemmExtent extent = extent_of(Options(node), inputs.at(0), inputs.at(1));
    return elements({extent.m, extent.n, extent.k});
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    const Options options(context.node());
    GradientNames result(context.node().inputs.size());
    if (context.wanted(0)) result[0] = left_gradient(context, options);
    if (context.wanted(1)) result[1] = right_gradient(context, options);
    if (context.wanted(2))
      result[2] = context.append.scaled(
          context.append.summed_to(context.arriving(), context.shape(2)), options.beta);
    return result;
  }
};

}  // namespace

extern const Registration<Op> gemm = {
    "Gemm", "alpha * A * B + beta * C, A and B transposed on request.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Gemm>(); }};

}  // namespace systolith
