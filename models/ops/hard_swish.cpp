#include <algorithm>

#include "models/ops/unary.h"

namespace systolith {
namespace {

struct HardSwish {
  explicit HardSwish(const Node&) {}
  float operator()(float x) const { return x * std::clamp(x / 6.0F + 0.5F, 0.0F, 1.0F); }
};

}  // namespace

extern const Registration<Op> hard_swish = {
    "HardSwish", "x * max(0, min(1, x / 6 + 1/2)).",
    []() -> std::unique_ptr<Op> { return std::make_unique<UnaryOp<HardSwish>>(); }};

}  // namespace systolith
