#include "models/ops/binary.h"
#include "models/ops/gradient.h"

namespace systolith {
namespace {

struct Sub {
  explicit Sub(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a - b;
  }
};

class SubOp : public BinaryOp<Sub> {
 public:
  std::vector<std::string> gradient(GradientContext& context) const override {
    GradientNames result = broadcast_gradient(context);
    if (context.wanted(1)) result[1] = context.append.scaled(result[1], -1);
    return result;
  }
};

}  // namespace

extern const Registration<Op> sub = {
    "Sub", "Difference of two tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<SubOp>(); }};

}  // namespace systolith
