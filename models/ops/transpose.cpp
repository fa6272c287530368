#include <algorithm>
#include <numeric>

#include "models/ops/gather_elements.h"
#include "models/ops/gradient.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

std::vector<std::int64_t> permutation(const Node& node, std::int64_t rank) {
  std::vector<std::int64_t> reversed(static_cast<std::size_t>(rank));
  std::iota(reversed.rbegin(), reversed.rend(), std::int64_t{0});
  const auto perm = attribute(node, "perm", reversed);
  if (!std::is_permutation(perm.begin(), perm.end(), reversed.begin(), reversed.end()))
    op_error(node, "perm [{}] is not a permutation of {} dimensions", fmt::join(perm, ", "), rank);
  return perm;
}

class Transpose : public Op {
 public:
  std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                           int /*opset*/) const override {
    expect_inputs(node, inputs, 1, 1);
    const Shape& x = inputs[0].value->shape;
    Shape out;
    for (const std::int64_t axis : permutation(node, rank_of(x)))
      out.push_back(x[static_cast<std::size_t>(axis)]);
    return {typed(inputs[0].value->type, out)};
  }

  std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                               int /*opset*/) const override {
    const ElementOffsets straight = identity_offsets(inputs[0]->shape);
    ElementOffsets offsets;
    for (const std::int64_t axis : permutation(node, rank_of(inputs[0]->shape)))
      offsets.push_back(straight[static_cast<std::size_t>(axis)]);
    return {gather_elements(*inputs[0], offsets)};
  }

  std::vector<std::string> gradient(GradientContext& context) const override {
    const auto perm = permutation(context.node(), rank_of(context.shape(0)));
    std::vector<std::int64_t> inverse(perm.size());
    for (std::size_t i = 0; i < perm.size(); ++i)
      inverse[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
    return {context.append.node("Transpose", {context.arriving()}, {{"perm", inverse}})};
  }
};

}  // namespace

extern const Registration<Op> transpose = {
    "Transpose", "Dimensions in another order.",
    []() -> std::unique_ptr<Op> { return std::make_unique<Transpose>(); }};

}  // namespace systolith
