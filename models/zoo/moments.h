// Mean and variance of a channel's activations, carried along while a network is built, so that its
// batch normalisations and biases fit its weights without running it. Channels and positions are
// taken as independent, values before a rectifier as normal. Only + - * / and sqrt: the same bits
// on every platform.
#pragma once

#include <cmath>
#include <vector>

namespace systolith {

struct Moments {
  float mean = 0;
  float variance = 1;
};
using ChannelMoments = std::vector<Moments>;

// max(x, 0). The exact mean is m p(t) + s q(t) with t = m / s, normal distribution p and density q;
// here the algebraic (m + sqrt(m^2 + 2 s^2 / pi)) / 2, exact at t = 0 and far away.
inline Moments rectified(const Moments& x) {
  constexpr float two_over_pi = 0.63661977F;
  const float root = std::sqrt(x.mean * x.mean + two_over_pi * x.variance);
  const float mean = 0.5F * (x.mean + root);
  const float share = 0.5F * (1 + x.mean / root);  // of the values above 0: the derivative of mean
  const float square = x.variance * share + x.mean * mean;
  return {mean, square - mean * mean};
}

// The largest of a window of 2 or (wide) 3 on rectified normals around one deviation, whose mean is
// 1.08 and variance 0.75: from the largest of 4 and of 9 normals, 1 + 1.03 and 0.49, 1 + 1.49 and
// 0.36.
inline Moments maximum(const Moments& x, bool wide) {
  const float deviation = std::sqrt(x.variance);
  return {x.mean + (wide ? 1.6F : 1.1F) * deviation, (wide ? 0.48F : 0.65F) * x.variance};
}

inline Moments sum(const Moments& a, const Moments& b) {
  return {a.mean + b.mean, a.variance + b.variance};
}

}  // namespace systolith
