#include "models/ops/gradient.h"
#include "models/ops/unary.h"

namespace systolith {
namespace {

struct Relu {
  explicit Relu(const Node&) {}
  float operator()(float x) const { return x < 0 ? 0.0F : x; }
};

class ReluOp : public UnaryOp<Relu> {
 public:
  std::vector<std::string> gradient(GradientContext& context) const override {
    return {context.append.node("ReluGrad", {context.arriving(), context.output()})};
  }
};

}  // namespace

extern const Registration<Op> relu = {
    "Relu", "max(0, x).", []() -> std::unique_ptr<Op> { return std::make_unique<ReluOp>(); }};

}  // namespace systolith
