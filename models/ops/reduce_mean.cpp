#include "models/ops/reduce.h"

namespace systolith {
namespace {

class ReduceMean : public ReduceOp {
 public:
  ReduceMean() : ReduceOp(18) {}

 private:
  double divisor(double count) const override { return count; }
};

}  // namespace

extern const Registration<Op> reduce_mean = {
    "ReduceMean", "Mean over some axes.",
    []() -> std::unique_ptr<Op> { return std::make_unique<ReduceMean>(); }};

}  // namespace systolith
