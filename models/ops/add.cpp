#include "models/ops/binary.h"

namespace systolith {
namespace {

struct Add {
  explicit Add(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

}  // namespace

extern const Registration<Op> add = {
    "Add", "Sum of two tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<BinaryOp<Add>>(); }};

}  // namespace systolith
