#include "models/ops/reduce.h"

namespace systolith {
namespace {

class ReduceSum : public ReduceOp {
 public:
  ReduceSum() : ReduceOp(13) {}

 private:
  double divisor(double /*count*/) const override { return 1; }
};

}  // namespace

extern const Registration<Op> reduce_sum = {
    "ReduceSum", "Sum over some axes.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ReduceSum>(); }};

}  // namespace systolith
