#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "hw/base/units.h"
#include "models/ops/gather_elements.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

struct Range {
  std::int64_t start = 0, step = 1, count = 0;
};

// ONNX's rule for start:end:step on an axis of `extent`. It is NumPy's but for a negative step with
// a start before the first element, which ONNX moves to that element.
Range clamped_range(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t extent) {
  if (extent == 0) return {0, 1, 0};
  step = std::clamp(step, -extent - 1, extent + 1);  // larger ones pick the same
  const bool forward = step > 0;
  const auto from_front = [&](std::int64_t at) { return at < 0 ? at + extent : at; };
  start = std::clamp<std::int64_t>(from_front(start), 0, forward ? extent : extent - 1);
  end = std::clamp<std::int64_t>(from_front(end), forward ? 0 : -1, forward ? extent : extent - 1);
  const std::int64_t distance = forward ? end - start : start - end;
  return {start, step, ceil_div(std::max<std::int64_t>(distance, 0), std::abs(step))};
}

// Attributes before opset 10, then inputs. One range per dimension.
std::vector<Range> ranges_of(const Node& node, const Shape& shape,
                             const std::vector<const Tensor*>& inputs, int opset) {
  const auto list = [&](const char* name, std::size_t index) {
    if (opset < 10) return optional_integers(node, name);
    const Tensor* tensor = optional_tensor(inputs, index);
    return tensor ? std::optional(tensor->integers) : std::nullopt;
  };
  const auto starts = list("starts", 1), ends = list("ends", 2);
  if (!starts || !ends) op_error(node, "starts or ends are missing");
  std::vector<std::int64_t> first_axes(starts->size());
  std::iota(first_axes.begin(), first_axes.end(), std::int64_t{0});
  const auto axes = list("axes", 3).value_or(first_axes);
  const auto steps = opset < 10 ? std::nullopt : list("steps", 4);
  if (ends->size() != starts->size() || axes.size() != starts->size() ||
      (steps && steps->size() != starts->size()))
    op_error(node, "starts, ends, axes and steps differ in length");
  resolve_axes(node, axes, rank_of(shape));  // refuses repetitions

  std::vector<Range> ranges;
  for (const std::int64_t extent : shape) ranges.push_back({0, 1, extent});
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(resolve_axis(node, axes[i], rank_of(shape)));
    const std::int64_t step = steps ? (*steps)[i] : 1;
    if (step == 0) op_error(node, "step of axis {} is 0", axis);
    ranges[axis] = clamped_range((*starts)[i], (*ends)[i], step, shape[axis]);
  }
  return ranges;
}

class Slice : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, opset < 10 ? 1 : 3, opset < 10 ? 1 : 5);
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      expect_type(node, inputs, i, {DataType::int64, DataType::int32});
      expect_constant(node, inputs, i, "range");
    }
    const Value& x = *inputs[0].value;
    Shape out;
    for (const Range& range : ranges_of(node, x.shape, constants_of(inputs), opset))
      out.push_back(range.count);
    return {typed(x.type, out)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    const Tensor& x = *inputs[0];
    const auto ranges = ranges_of(node, x.shape, inputs, opset);
    const auto strides = dense_strides(x.shape);
    ElementOffsets offsets(ranges.size());
    for (std::size_t dim = 0; dim < ranges.size(); ++dim)
      for (std::int64_t i = 0; i < ranges[dim].count; ++i)
        offsets[dim].push_back((ranges[dim].start + i * ranges[dim].step) * strides[dim]);
    return {gather_elements(x, offsets)};
  }
};

}  // namespace

extern const Registration<Op> slice = {
    "Slice", "A strided range of every axis.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Slice>(); }};

}  // namespace systolith
