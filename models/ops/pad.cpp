#include <algorithm>
#include <numeric>

#include "models/ops/gather_elements.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 31;  // keeps sums of extents from overflowing

struct PadWidths {
  std::vector<std::int64_t> before, after;  // per dimension; negative: cut off
};

// Pads are [before..., after...] of `axes`: an attribute until opset 10, then input 1; the axes
// (default: all) are input 3 since opset 18.
PadWidths pad_widths(const Node& node, const Shape& shape, const std::vector<const Tensor*>& inputs,
                     int opset) {
  const std::vector<std::int64_t> pads =
      opset < 11 ? attribute(node, "pads", std::vector<std::int64_t>{}) : inputs[1]->integers;
  std::vector<std::int64_t> axes(shape.size());
  std::iota(axes.begin(), axes.end(), std::int64_t{0});
  if (const Tensor* given = optional_tensor(inputs, 3)) axes = given->integers;
  if (pads.size() != 2 * axes.size())
    op_error(node, "pads [{}] must be {} values for the {} axes", fmt::join(pads, ", "),
             2 * axes.size(), axes.size());
  resolve_axes(node, axes, rank_of(shape));  // refuses repetitions
  PadWidths widths{std::vector<std::int64_t>(shape.size()),
                   std::vector<std::int64_t>(shape.size())};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t before = pads[i];
    const std::int64_t after = pads[i + axes.size()];
    if (std::min(before, after) < -kLargest || std::max(before, after) > kLargest)
      op_error(node, "pads [{}] are out of range", fmt::join(pads, ", "));
    const auto axis = static_cast<std::size_t>(resolve_axis(node, axes[i], rank_of(shape)));
    widths.before[axis] = before;
    widths.after[axis] = after;
  }
  return widths;
}

std::string mode_of(const Node& node) { return attribute(node, "mode", std::string("constant")); }

void check_mode(const Node& node, const Shape& from, const Shape& to) {
  const std::string mode = mode_of(node);
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap")
    op_error(node, "mode '{}' is unknown (allowed: constant, reflect, edge, wrap)", mode);
  if (mode != "constant" && elements(from) == 0 && elements(to) != 0)
    op_error(node, "mode '{}' needs elements to repeat, input is {}", mode, to_string(from));
}

std::int64_t modulo(std::int64_t i, std::int64_t period) { return (i % period + period) % period; }

// Which element of an axis with `extent` stands at coordinate i (negative: before the first).
std::int64_t source_index(const std::string& mode, std::int64_t i, std::int64_t extent) {
  if (i >= 0 && i < extent) return i;
  if (mode == "constant") return kFill;
  if (mode == "edge") return std::clamp<std::int64_t>(i, 0, extent - 1);
  if (mode == "wrap") return modulo(i, extent);
  if (extent == 1) return 0;
  const std::int64_t period = 2 * (extent - 1);
  const std::int64_t at = modulo(i, period);
  return at < extent ? at : period - at;
}

class Pad : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, opset < 11 ? 1 : 2, opset < 11 ? 1 : opset < 18 ? 3 : 4);
    const Value& x = *inputs[0].value;
    expect_constant(node, inputs, 1, "pads");
    expect_constant(node, inputs, 3, "axes");
    expect_type(node, inputs, 1, {DataType::int64});
    expect_type(node, inputs, 2, {x.type});
    expect_type(node, inputs, 3, {DataType::int64, DataType::int32});
    const Value* value = optional_value(inputs, 2);
    if (value != nullptr && elements(value->shape) != 1)
      op_error(node, "constant_value '{}' {} must be a scalar", value->name,
               to_string(value->shape));
    const PadWidths widths = pad_widths(node, x.shape, constants_of(inputs), opset);
    Shape out = x.shape;
    for (std::size_t dim = 0; dim < out.size(); ++dim) {
      out[dim] += widths.before[dim] + widths.after[dim];
      if (out[dim] < 0) op_error(node, "pads cut more than there is off {}", to_string(x.shape));
    }
    check_mode(node, x.shape, out);
    return {typed(x.type, out)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    const Tensor& x = *inputs[0];
    const PadWidths widths = pad_widths(node, x.shape, inputs, opset);
    const std::string mode = mode_of(node);
    const auto strides = dense_strides(x.shape);
    ElementOffsets offsets(x.shape.size());
    for (std::size_t dim = 0; dim < x.shape.size(); ++dim)
      for (std::int64_t i = -widths.before[dim]; i < x.shape[dim] + widths.after[dim]; ++i) {
        const std::int64_t from = source_index(mode, i, x.shape[dim]);
        offsets[dim].push_back(from == kFill ? kFill : from * strides[dim]);
      }
    Tensor attribute_fill = make_tensor(x.type, {});
    if (is_floating(x.type)) attribute_fill.floats[0] = attribute(node, "value", 0.0F);
    const Tensor* input_fill = optional_tensor(inputs, 2);
    return {gather_elements(x, offsets, input_fill ? input_fill : &attribute_fill)};
  }
};

}  // namespace

extern const Registration<Op> pad = {
    "Pad", "Elements added around a tensor (or cut off): constant, reflect, edge or wrap.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Pad>(); }};

}  // namespace systolith
