#include <cmath>

#include "models/ops/binary.h"

namespace systolith {
namespace {

struct Max {
  explicit Max(const Node&) {}
  float operator()(float a, float b) const { return a < b || std::isnan(b) ? b : a; }
  std::uint64_t operator()(std::uint64_t a, std::uint64_t b) const {
    return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b) ? b : a;
  }
};

}  // namespace

extern const Registration<Op> max = {
    "Max", "Largest of any number of tensors, with broadcasting; NaN wins.",
    []() -> std::unique_ptr<Op> { return std::make_unique<VariadicOp<Max>>(); }};

}  // namespace systolith
