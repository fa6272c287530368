#include <cmath>

#include "models/ops/unary.h"

namespace systolith {
namespace {

struct Sigmoid {
  explicit Sigmoid(const Node&) {}
  float operator()(float x) const { return 1.0F / (1.0F + std::exp(-x)); }
};

}  // namespace

extern const Registration<Op> sigmoid = {
    "Sigmoid", "1 / (1 + exp(-x)).",
    []() -> std::unique_ptr<Op> { return std::make_unique<UnaryOp<Sigmoid>>(); }};

}  // namespace systolith
