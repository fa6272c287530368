#include "models/ops/binary.h"

namespace systolith {
namespace {

struct Mul {
  explicit Mul(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a * b;
  }
};

}  // namespace

extern const Registration<Op> mul = {
    "Mul", "Product of two tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<BinaryOp<Mul>>(); }};

}  // namespace systolith
