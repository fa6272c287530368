#include "models/ops/unary.h"

namespace systolith {
namespace {

struct LeakyRelu {
  explicit LeakyRelu(const Node& node) : alpha(attribute(node, "alpha", 0.01F)) {}
  float operator()(float x) const { return x < 0 ? alpha * x : x; }
  float alpha;
};

}  // namespace

extern const Registration<Op> leaky_relu = {
    "LeakyRelu", "x where positive, alpha * x elsewhere.",
    []() -> std::unique_ptr<Op> { return std::make_unique<UnaryOp<LeakyRelu>>(); }};

}  // namespace systolith
