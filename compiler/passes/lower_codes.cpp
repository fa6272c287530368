// Values whose scale changes on the way, in a model that is quantised already.
#include <cmath>

#include "compiler/kernels/interpret.h"
#include "compiler/passes/lowering.h"

namespace systolith {

bool Lowering::is_divided_by_scale(const std::string& value) const {
  constexpr double kPowerOfTwo = 0.5;  // its fraction
  int exponent = 0;
  return !graph_.encodings.empty() && std::frexp(scale_of(value), &exponent) != kPowerOfTwo;
}

// A value into its output's encoding or, with attributes scale and zero_point, to codes as numbers.
void Lowering::lower_rounding(const Node& node) {
  const double scale = attribute(node, "scale", 1.0F);
  const std::int64_t zero_point = attribute(node, "zero_point", std::int64_t{0});
  MapKernel map;
  map.a = use(node.inputs[0]);
  map.output = define(node.outputs[0]);
  const double from = scale_of(node.inputs[0]), to = scale * scale_of(node.outputs[0]);
  const bool divides = from != to && is_divided_by_scale(node.outputs[0]);
  map.scale_a = static_cast<float>(divides ? from : from / to);
  if (divides) map.activation.divisor = static_cast<float>(to);
  if (zero_point != 0) {
    KernelTensor zero;
    zero.name = node.outputs[0] + "/zero_point";
    zero.logical_shape = {1};
    zero.format = Format::fp32;
    zero.data = to_codes(zero, {DataType::float32, {1}, {static_cast<float>(zero_point)}, {}});
    map.b = add_tensor(std::move(zero));
    map.binary = BinaryFunction::add;
  }
  emit(node, "QuantizeLinear", 0, map);
}

// The same codes, read by another scale and zero point.
void Lowering::lower_relabelling(const Node& node) {
  KernelTensor alias = result_.tensor(use(node.inputs[0]));
  const ValueFormat& format = format_of(node.outputs[0]);
  SYSTOLITH_CHECK(alias.format == format.format, "'{}' is read as another format", node.outputs[0]);
  alias.name = node.outputs[0];
  alias.quantization = format.quantization;
  alias.is_input = alias.is_output = alias.is_state = false;
  tensors_[node.outputs[0]] = add_tensor(std::move(alias));
}

}  // namespace systolith
