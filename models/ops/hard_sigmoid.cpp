#include <algorithm>

#include "models/ops/unary.h"

namespace systolith {
namespace {

struct HardSigmoid {
  explicit HardSigmoid(const Node& node)
      : alpha(attribute(node, "alpha", 0.2F)), beta(attribute(node, "beta", 0.5F)) {}
  float operator()(float x) const { return std::clamp(alpha * x + beta, 0.0F, 1.0F); }
  float alpha, beta;
};

}  // namespace

extern const Registration<Op> hard_sigmoid = {
    "HardSigmoid", "max(0, min(1, alpha * x + beta)).",
    []() -> std::unique_ptr<Op> { return std::make_unique<UnaryOp<HardSigmoid>>(); }};

}  // namespace systolith
