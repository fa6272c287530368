#include "models/ops/unary.h"

namespace systolith {
namespace {

struct Relu {
  explicit Relu(const Node&) {}
  float operator()(float x) const { return x < 0 ? 0.0F : x; }
};

}  // namespace

extern const Registration<Op> relu = {"Relu", "max(0, x).", []() -> std::unique_ptr<Op> {
                                        return std::make_unique<UnaryOp<Relu>>();
                                      }};

}  // namespace systolith
