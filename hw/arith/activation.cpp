// The activations that need more than a comparison.
#include "hw/arith/epilogue.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

float exp_to_float(float x) { return static_cast<float>(exp_fixed(static_cast<double>(x))); }

float tanh_fixed(float x) {
  const double e = exp_fixed(-2 * std::fabs(static_cast<double>(x)));
  return std::copysign(static_cast<float>((1 - e) / (1 + e)), x);
}

}  // namespace

float apply_curve(Activation activation, float x, float low, float high) {
  switch (activation) {
    case Activation::sigmoid:
      return 1.0F / (1.0F + exp_to_float(-x));
    case Activation::tanh:
      return tanh_fixed(x);
    case Activation::leaky_relu:
      return x < 0 ? low * x : x;
    case Activation::hard_sigmoid:
      return clamp_value(low * x + high, 0, 1);
    case Activation::hard_swish:
      return x * clamp_value(x * (1.0F / 6.0F) + 0.5F, 0, 1);
    case Activation::square:
      return x * x;
    case Activation::exp:
      return exp_to_float(x);
    case Activation::sqrt:
      return std::sqrt(x);
    case Activation::rsqrt:
      return 1.0F / std::sqrt(x + low);
    case Activation::reciprocal:
      return 1.0F / (x + low);
    case Activation::none:
    case Activation::clamp:
      break;
  }
  SYSTOLITH_CHECK(false, "activation {} is not a curve", static_cast<int>(activation));
  return x;
}

}  // namespace systolith
