#include "models/ops/binary.h"

namespace systolith {
namespace {

struct Sum {
  explicit Sum(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

}  // namespace

extern const Registration<Op> sum = {
    "Sum", "Sum of any number of tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<VariadicOp<Sum>>(); }};

}  // namespace systolith
