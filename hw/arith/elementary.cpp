// e^x and ln(x) to binary64 with additions and multiplications only, in one fixed order.
#include <limits>

#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

// ln 2 in two parts, the first with 21 trailing zero bits so that n * kLn2High is exact (fdlibm).
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kLog2E = 1.44269504088896338700e+00;

}  // namespace

double exp_fixed(double x) {
  if (std::isnan(x)) return x;
  if (x > 709.0) return std::numeric_limits<double>::infinity();
  if (x < -745.0) return 0;
  const double n = std::floor(x * kLog2E + 0.5);
  const double r = (x - n * kLn2High) - n * kLn2Low;
  // Taylor: |r| <= 0.347, so the term of degree 14 is below 5e-18.
  constexpr int kDegree = 13;
  double sum = 1;
  for (int i = kDegree; i >= 1; --i) sum = 1 + r / i * sum;
  return std::ldexp(sum, static_cast<int>(n));
}

double log_fixed(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // [0.5, 1)
  constexpr double kSqrtHalf = 0.70710678118654752440;
  if (mantissa < kSqrtHalf) {
    mantissa *= 2;
    --exponent;
  }
  // ln m = 2 atanh(s), |s| <= 0.172: the term of degree 25 is below 1e-20.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  constexpr int kDegree = 23;
  double sum = 0;
  for (int i = kDegree; i >= 3; i -= 2) sum = (sum + 1.0 / i) * square;
  const double n = exponent;
  return n * kLn2High + (2 * s * (1 + sum) + n * kLn2Low);
}

}  // namespace systolith
