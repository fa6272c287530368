// Matrix products with constant right operands as 1x1 convolutions, or as convolutions over the
// whole image where the left operand is a flattened one.
#include <algorithm>

#include "compiler/passes/canonical.h"

namespace systolith {
namespace {

[[noreturn]] void computed_operand(const Node& node, const std::string& which) {
  user_error("node '{}' ({}): operand '{}' is computed; only constant right operands are supported",
             node.name, node.op, which);
}

// [k, n] -> [n, k].
Tensor transposed(const Tensor& matrix) {
  const std::int64_t k = matrix.shape[0], n = matrix.shape[1];
  Tensor result = float_tensor({n, k}, std::vector<float>(matrix.floats.size()));
  constexpr std::int64_t kTile = 32;  // both sides of the copy stay in the cache
  for (std::int64_t i0 = 0; i0 < k; i0 += kTile)
    for (std::int64_t j0 = 0; j0 < n; j0 += kTile)
      for (std::int64_t i = i0; i < std::min(k, i0 + kTile); ++i)
        for (std::int64_t j = j0; j < std::min(n, j0 + kTile); ++j)
          result.floats[static_cast<std::size_t>(j * k + i)] =
              matrix.floats[static_cast<std::size_t>(i * n + j)];
  return result;
}

// The image [n, c, h, w] that the value [n, c * h * w] flattens; "" where it doesn't.
std::string flattened_image(Rewriter& rewriter, const std::string& value) {
  const Node* producer = rewriter.emitted_producer(value);
  if (producer == nullptr || producer->op != "Reshape") return "";
  const Shape& image = rewriter.shape(producer->inputs[0]);
  const Shape& flat = rewriter.shape(value);
  return image.size() == 4 && flat.size() == 2 && image[0] == flat[0] ? producer->inputs[0] : "";
}

struct Product {
  std::string left;    // [m, k]
  Tensor weights;      // [n, k]
  std::string bias;    // constant [n], or ""
  std::string output;  // [m, n], declared
};

void emit_product(Rewriter& rewriter, const Node& node, Product product) {
  const Shape left = rewriter.shape(product.left), out = rewriter.shape(product.output);
  const std::int64_t n = product.weights.shape[0], k = product.weights.shape[1];
  std::string input = flattened_image(rewriter, product.left);
  if (input.empty()) input = rewriter.reshape(node, product.left, {elements(left) / k, k, 1, 1});
  const Shape image = rewriter.shape(input);
  const std::vector<std::int64_t> kernel = {image[2], image[3]};
  product.weights.shape = {n, image[1], image[2], image[3]};
  const std::string weights = rewriter.add(node.name + "/weights", std::move(product.weights));
  const std::string result = rewriter.fresh(product.output + "/product");
  declare(rewriter.graph, result, {image[0], n, 1, 1});
  std::vector<std::string> inputs = {input, weights};
  if (!product.bias.empty()) inputs.push_back(product.bias);
  Node conv{node.name, "Conv", inputs, {result}, {{"kernel_shape", kernel}, {kSourceOp, node.op}}};
  keep_notes(node, conv);
  rewriter.emit(std::move(conv));
  rewriter.reshape_into(node, result, product.output);
}

// C of a Gemm times beta as a bias per column; nothing where it varies down the rows.
bool column_bias(const Tensor& c, std::int64_t n, float beta, std::vector<float>& bias) {
  if (c.shape.size() == 2 && c.shape[0] != 1) return false;
  if (c.floats.size() != 1 && static_cast<std::int64_t>(c.floats.size()) != n) return false;
  bias.resize(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < bias.size(); ++i)
    bias[i] = beta * c.floats[c.floats.size() == 1 ? 0 : i];
  return true;
}

}  // namespace

void canonicalize_gemm(Rewriter& rewriter, const Node& node) {
  const std::string& right = node.inputs[1];
  if (rewriter.constant(right) == nullptr) computed_operand(node, right);
  if (rewriter.constant(node.inputs[0]) != nullptr)
    user_error("node '{}' (Gemm): a constant left operand is not supported, only a right one",
               node.name);
  if (attribute(node, "transA", std::int64_t{0}) != 0)
    user_error("node '{}' (Gemm): transA of a computed operand is not supported (allowed: 0)",
               node.name);
  Product product{node.inputs[0], rewriter.take_constant(right), "", node.outputs[0]};
  if (attribute(node, "transB", std::int64_t{0}) == 0)
    product.weights = transposed(product.weights);
  if (const float alpha = attribute(node, "alpha", 1.0F); alpha != 1.0F)
    for (float& w : product.weights.floats) w *= alpha;
  const bool has_c = node.inputs.size() > 2 && !node.inputs[2].empty();
  if (!has_c) return emit_product(rewriter, node, std::move(product));

  const Tensor* c = rewriter.constant(node.inputs[2]);
  const float beta = attribute(node, "beta", 1.0F);
  std::vector<float> bias;
  const std::int64_t n = product.weights.shape[0];
  if (c != nullptr && column_bias(*c, n, beta, bias)) {
    product.bias = rewriter.add(node.name + "/bias", float_tensor({n}, bias));
    return emit_product(rewriter, node, std::move(product));
  }
  if (beta != 1.0F)
    user_error(
        "node '{}' (Gemm): beta {} with an operand C of shape {} is not supported (allowed:"
        " 1, or a constant C of one row)",
        node.name, beta, to_string(rewriter.shape(node.inputs[2])));
  product.output = rewriter.fresh(node.outputs[0] + "/product");
  declare(rewriter.graph, product.output, rewriter.shape(node.outputs[0]));
  const std::string sum = product.output;
  emit_product(rewriter, node, std::move(product));
  rewriter.emit({node.name, "Add", {sum, node.inputs[2]}, node.outputs, {}});
}

void canonicalize_matmul(Rewriter& rewriter, const Node& node) {
  const Tensor* right = rewriter.constant(node.inputs[1]);
  if (right == nullptr) computed_operand(node, node.inputs[1]);
  const Shape left = rewriter.shape(node.inputs[0]);
  if (right->shape.size() != 2 || left.size() < 2)
    user_error(
        "node '{}' (MatMul): operands {} and {} are not supported (allowed: a left one of at"
        " least 2 dimensions, a constant right matrix)",
        node.name, to_string(left), to_string(right->shape));
  emit_product(rewriter, node, {node.inputs[0], transposed(*right), "", node.outputs[0]});
}

}  // namespace systolith
