#include <cmath>

#include "models/ops/unary.h"

namespace systolith {
namespace {

struct Tanh {
  explicit Tanh(const Node&) {}
  float operator()(float x) const { return std::tanh(x); }
};

}  // namespace

extern const Registration<Op> tanh = {"Tanh", "Hyperbolic tangent.", []() -> std::unique_ptr<Op> {
                                        return std::make_unique<UnaryOp<Tanh>>();
                                      }};

}  // namespace systolith
