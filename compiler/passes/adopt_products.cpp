// Convolutions and matrix products of a model that is quantised already.
#include <algorithm>
#include <cmath>

#include "compiler/passes/adoption.h"
#include "models/ops/quantization.h"

namespace systolith {
namespace {

// The axis of the weights that counts the product's outputs.
std::int64_t output_axis(const Node& product) {
  if (product.op == "Conv") return 0;
  return product.op == "Gemm" && attribute(product, "transB", std::int64_t{0}) != 0 ? 0 : 1;
}

void check_gemm(const Node& node) {
  for (const char* factor : {"alpha", "beta"})
    if (attribute(node, factor, 1.0F) != 1)
      op_error(node, "{} = {} is not supported in a quantised model (allowed: 1)", factor,
               attribute(node, factor, 1.0F));
}

bool is_product_of_scales(float scale, float x, float w) {
  constexpr float kRounding = 1e-6F;  // of either product, wherever it was worked out
  return std::fabs(scale - x * w) <= kRounding * scale;
}

// Of a value that a product without it gives.
Shape bias_shape(const Node& product, std::int64_t outputs) {
  return product.op == "Conv" ? Shape{1, outputs, 1, 1} : Shape{outputs};
}

}  // namespace

bool is_linear_product(const Node& node) {
  return node.op == "QLinearConv" || node.op == "QLinearMatMul";
}

bool is_integer_product(const Node& node) {
  return node.op == "ConvInteger" || node.op == "MatMulInteger";
}

// scale * (code - zero point), in float32 as DequantizeLinear has it.
void Adoption::note_constant(const Node& node, const std::string& name, std::size_t codes,
                             std::size_t scale, std::size_t zero_point, std::int64_t axis) {
  const Tensor& stored = constant_at(node, codes);
  if (is_floating(stored.type))
    op_error(node, "constant '{}' is {}; only integers are supported", node.inputs[codes],
             to_string(stored.type));
  ConstantScales scales;
  scales.scales = scale == 0 ? std::vector<float>{1} : constant_at(node, scale).floats;
  if (attribute(node, "block_size", std::int64_t{0}) != 0)
    op_error(node, "blocked scales of constants are not supported");
  const bool has_zero = zero_point < node.inputs.size() && !node.inputs[zero_point].empty();
  const std::vector<std::int64_t> zeros =
      has_zero ? constant_at(node, zero_point).integers : std::vector<std::int64_t>{0};
  const bool single = scales.scales.size() == 1 && zeros.size() == 1;
  scales.axis = single ? 0 : resolve_axis(node, axis, rank_of(stored.shape));
  const std::int64_t extent = single ? 1 : stored.shape[static_cast<std::size_t>(scales.axis)];
  const std::int64_t inner =
      single ? 1 : elements_between(stored.shape, scales.axis + 1, rank_of(stored.shape));
  std::vector<std::int64_t> centred_codes = stored.integers;
  Tensor real = float_tensor(stored.shape, std::vector<float>(centred_codes.size()));
  for (std::size_t i = 0; i < centred_codes.size(); ++i) {
    const std::size_t along =
        static_cast<std::size_t>(static_cast<std::int64_t>(i) / inner % extent);
    centred_codes[i] -= zeros.at(zeros.size() == 1 ? 0 : along);
    const float factor = scales.scales.at(scales.scales.size() == 1 ? 0 : along);
    real.floats[i] = static_cast<float>(centred_codes[i]) * factor;
  }
  add_constant(rewriter_.graph, name, std::move(real));
  constant_codes_[name] = std::move(centred_codes);
  scaled_constants_[name] = std::move(scales);
}

void Adoption::emit_product(Node node, const std::vector<std::int64_t>& bias) {
  const ConstantScales& weights = scaled_constants_.at(node.inputs[1]);
  if (weights.scales.size() > 1 && weights.axis != output_axis(node))
    op_error(node, "the scales of weights '{}' go along axis {}, its outputs along axis {}",
             node.inputs[1], weights.axis, output_axis(node));
  for (const float scale : weights.scales)
    if (!(scale > 0) || !std::isfinite(scale))
      op_error(node, "scale {} of weights '{}' must be positive", scale, node.inputs[1]);
  node.attributes[kWeightScale] = weights.scales;
  if (!bias.empty()) node.attributes[kBiasCodes] = bias;
  rewriter_.emit(std::move(node));
}

void Adoption::visit_product(Node node) {
  const Encoding* input = encoding_of(node.inputs[0]);
  if (input == nullptr)
    op_error(node, "input '{}' is not quantised; in a quantised model every product must be",
             node.inputs[0]);
  if (scaled_constants_.count(node.inputs[1]) == 0)
    op_error(node, "operand '{}' is no constant that a DequantizeLinear makes of codes",
             node.inputs[1]);
  if (node.op == "Gemm") check_gemm(node);
  if (node.inputs.size() < 3 || node.inputs[2].empty()) return emit_product(std::move(node), {});
  const std::string bias = node.inputs[2];
  const auto& scales = scaled_constants_.at(node.inputs[1]).scales;
  const auto found = scaled_constants_.find(bias);
  const std::int64_t outputs =
      rewriter_.shape(node.inputs[1])[static_cast<std::size_t>(output_axis(node))];
  bool in_units_of_sums =
      found != scaled_constants_.end() && elements(rewriter_.shape(bias)) == outputs;
  const auto at = [](const std::vector<float>& values, std::size_t i) {
    return values.at(values.size() == 1 ? 0 : i);
  };
  for (std::size_t i = 0;
       in_units_of_sums && i < std::max(scales.size(), found->second.scales.size()); ++i)
    in_units_of_sums =
        is_product_of_scales(at(found->second.scales, i), input->scale, at(scales, i));
  if (in_units_of_sums) return emit_product(std::move(node), constant_codes_.at(bias));
  // Any other bias is added to the real result.
  const Tensor* addend = rewriter_.constant(bias);
  if (addend == nullptr) op_error(node, "the bias '{}' is computed", bias);
  Tensor shaped = *addend;
  if (node.op == "Conv") shaped.shape = bias_shape(node, addend->shape.at(0));
  const std::string addend_name = rewriter_.add(bias + "/addend", std::move(shaped));
  const std::string result = node.outputs[0], sum = rewriter_.fresh(result + "/product");
  declare(rewriter_.graph, sum, rewriter_.shape(result));
  Node product = node;
  product.inputs.resize(2);
  product.outputs = {sum};
  emit_product(std::move(product), {});
  rewriter_.emit({node.name, "Add", {sum, addend_name}, {result}, {}});
}

// The operator in QDQ form: DequantizeLinear, Conv or MatMul, QuantizeLinear.
void Adoption::visit_linear(const Node& node) {
  const bool is_conv = node.op == "QLinearConv";
  const DataType x_type = type_of(node.inputs[0]);
  const std::string x = real_of(node, node.inputs[0], encoding_at(node, {1, 2}, x_type));
  const std::string weights = rewriter_.fresh(node.inputs[3] + "/real");
  note_constant(node, weights, 3, 4, 5, is_conv ? 0 : 1);
  const DataType y_type = type_of(node.outputs[0]);
  const Encoding encoding = encoding_at(node, {6, 7}, y_type);
  const std::string y = name_of_real(node.outputs[0]);
  declare(rewriter_.graph, y, rewriter_.shape(node.outputs[0]));
  rewriter_.graph.encodings[y] = encoding;
  Node product{node.name, is_conv ? "Conv" : "MatMul", {x, weights}, {y}, node.attributes};
  product.attributes[kSourceOp] = node.op;
  const bool has_bias = node.inputs.size() > 8 && !node.inputs[8].empty();
  emit_product(std::move(product),
               has_bias ? constant_at(node, 8).integers : std::vector<std::int64_t>{});
  define_codes(node, node.outputs[0], {y, encoding});
}

// A product of the codes less their zero points, by scale 1.
void Adoption::visit_integer(const Node& node) {
  const bool is_conv = node.op == "ConvInteger";
  const DataType x_type = type_of(node.inputs[0]);
  constexpr std::size_t kNone = 99;  // no scale
  const Encoding input = encoding_at(node, {kNone, 2}, x_type);
  const std::string x = real_of(node, node.inputs[0], input);
  const std::string weights = rewriter_.fresh(node.inputs[1] + "/real");
  note_constant(node, weights, 1, 0, 3, is_conv ? 0 : 1);
  const std::string& y = node.outputs[0];
  if (rewriter_.uses.is_output(y)) check_sums_are_exact(node, weights, input);
  declare(rewriter_.graph, y, rewriter_.shape(y));
  Node product{node.name, is_conv ? "Conv" : "MatMul", {x, weights}, {y}, node.attributes};
  product.attributes[kSourceOp] = node.op;
  sums_.insert(y);
  emit_product(std::move(product), {});
}

// Graph outputs are float32, which holds every integer up to 2^24.
void Adoption::check_sums_are_exact(const Node& node, const std::string& weights,
                                    const Encoding& input) {
  const auto [low, high] = range_of(input.type);
  const std::int64_t widest = std::max(high - input.zero_point, input.zero_point - low);
  const Shape& shape = rewriter_.shape(weights);
  const std::vector<std::int64_t>& codes = constant_codes_.at(weights);
  const bool by_row = node.op == "ConvInteger";
  const std::int64_t outputs = by_row ? shape[0] : shape.back();
  const std::int64_t depth = static_cast<std::int64_t>(codes.size()) / outputs;
  for (std::int64_t k = 0; k < outputs; ++k) {
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < depth; ++i)
      sum += std::abs(codes[static_cast<std::size_t>(by_row ? k * depth + i : i * outputs + k)]);
    if (sum * widest > 1 << 24)
      op_error(node, "graph output '{}' may reach {}, beyond the integers that float32 holds",
               node.outputs[0], sum * widest);
  }
}

}  // namespace systolith
