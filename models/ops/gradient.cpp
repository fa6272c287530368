#include "models/ops/gradient.h"

#include "models/ops/op.h"

namespace systolith {

GradientNames Op::gradient(GradientContext& context) const {
  const Node& node = context.node();
  user_error("op {} of node '{}' has no gradient (opset {})", node.op, node.name, context.opset());
}

GradientNames reshape_gradient(GradientContext& context) {
  return {context.append.reshaped(context.arriving(), context.shape(0))};
}

GradientNames broadcast_gradient(GradientContext& context) {
  GradientNames result(context.node().inputs.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    if (context.wanted(i))
      result[i] = context.append.summed_to(context.arriving(), context.shape(i));
  return result;
}

}  // namespace systolith
