#include "models/ops/binary.h"
#include "models/ops/gradient.h"

namespace systolith {
namespace {

struct Sum {
  explicit Sum(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

class SumOp : public VariadicOp<Sum> {
 public:
  std::vector<std::string> gradient(GradientContext& context) const override {
    return broadcast_gradient(context);
  }
};

}  // namespace

extern const Registration<Op> sum = {
    "Sum", "Sum of any number of tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<SumOp>(); }};

}  // namespace systolith
