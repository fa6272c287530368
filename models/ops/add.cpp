#include "models/ops/binary.h"
#include "models/ops/gradient.h"

namespace systolith {
namespace {

struct Add {
  explicit Add(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

class AddOp : public BinaryOp<Add> {
 public:
  std::vector<std::string> gradient(GradientContext& context) const override {
    return broadcast_gradient(context);
  }
};

}  // namespace

extern const Registration<Op> add = {
    "Add", "Sum of two tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<AddOp>(); }};

}  // namespace systolith
