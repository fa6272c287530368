#include "models/ops/binary.h"

namespace systolith {
namespace {

struct Sub {
  explicit Sub(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a - b;
  }
};

}  // namespace

extern const Registration<Op> sub = {
    "Sub", "Difference of two tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<BinaryOp<Sub>>(); }};

}  // namespace systolith
