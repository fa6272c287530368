#include <algorithm>

#include "hw/base/units.h"
#include "models/ops/gather_elements.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

std::int64_t axis_of(const Node& node, const Shape& shape) {
  return resolve_axis(node, attribute(node, "axis", std::int64_t{0}), rank_of(shape));
}

// Equal pieces; since opset 18 the last ones may be smaller.
std::vector<std::int64_t> equal_pieces(const Node& node, std::int64_t extent, int opset) {
  const auto count = static_cast<std::int64_t>(node.outputs.size());
  if (const auto declared = attribute(node, "num_outputs", count); declared != count)
    op_error(node, "num_outputs is {}, but the node has {} outputs", declared, count);
  if (opset < 18 && extent % count != 0)
    op_error(node, "an extent of {} can't be split into {} equal pieces", extent, count);
  std::vector<std::int64_t> sizes;
  for (std::int64_t i = 0, left = extent; i < count; ++i, left -= sizes.back())
    sizes.push_back(std::min(left, ceil_div(extent, count)));
  return sizes;
}

// The sizes: an attribute before opset 13, then an input.
std::vector<std::int64_t> pieces(const Node& node, std::int64_t extent, const Tensor* input,
                                 int opset) {
  auto sizes = opset < 13 ? optional_integers(node, "split")
               : input    ? std::optional(input->integers)
                          : std::nullopt;
  if (!sizes) return equal_pieces(node, extent, opset);
  std::int64_t left = extent;
  for (const std::int64_t size : *sizes) left = size < 0 || size > left ? -1 : left - size;
  if (left != 0 || sizes->size() != node.outputs.size())
    op_error(node, "split [{}] must be {} sizes that sum to {}", fmt::join(*sizes, ", "),
             node.outputs.size(), extent);
  return *sizes;
}

class Split : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int opset) const override {
    expect_inputs(node, inputs, 1, opset < 13 ? 1 : 2);
    expect_type(node, inputs, 1, {DataType::int64});
    expect_constant(node, inputs, 1, "split");
    const Value& x = *inputs[0].value;
    const auto axis = static_cast<std::size_t>(axis_of(node, x.shape));
    const Tensor* given = optional_tensor(constants_of(inputs), 1);
    std::vector<Value> outputs;
    for (const std::int64_t extent : pieces(node, x.shape[axis], given, opset)) {
      outputs.push_back(typed(x.type, x.shape));
      outputs.back().shape[axis] = extent;
    }
    return outputs;
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int opset) const override {
    const Tensor& x = *inputs[0];
    const auto axis = static_cast<std::size_t>(axis_of(node, x.shape));
    const ElementOffsets whole = identity_offsets(x.shape);
    std::vector<Tensor> outputs;
    auto next = whole[axis].begin();
    for (const std::int64_t extent :
         pieces(node, x.shape[axis], optional_tensor(inputs, 1), opset)) {
      ElementOffsets offsets = whole;
      offsets[axis].assign(next, next + extent);
      outputs.push_back(gather_elements(x, offsets));
      next += extent;
    }
    return outputs;
  }
};

}  // namespace

extern const Registration<Op> split = {
    "Split", "Consecutive pieces along an axis.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Split>(); }};

}  // namespace systolith
