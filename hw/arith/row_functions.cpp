// The vector unit's functions of a whole row of channels.
#include "hw/arith/epilogue.h"

namespace systolith {

void lrn_row(const float* in, float* out, std::size_t count, const LrnParameters& parameters) {
  const auto size = static_cast<std::size_t>(parameters.size);
  const std::size_t below = (size - 1) / 2;
  const std::size_t above = size / 2;
  const float scale = parameters.alpha / static_cast<float>(parameters.size);
  for (std::size_t c = 0; c < count; ++c) {
    const std::size_t last = std::min(count - 1, c + above);
    float squares = 0;
    for (std::size_t i = c < below ? 0 : c - below; i <= last; ++i) squares += in[i] * in[i];
    const float base = parameters.bias + scale * squares;
    const double power =
        exp_fixed(-static_cast<double>(parameters.beta) * log_fixed(static_cast<double>(base)));
    out[c] = in[c] * static_cast<float>(power);
  }
}

void softmax_row(const float* in, float* out, std::size_t count) {
  const float highest = *std::max_element(in, in + count);
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<float>(exp_fixed(static_cast<double>(in[i] - highest)));
    sum += out[i];
  }
  for (std::size_t i = 0; i < count; ++i) out[i] = out[i] / sum;
}

void log_softmax_row(const float* in, float* out, std::size_t count) {
  const float highest = *std::max_element(in, in + count);
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += static_cast<float>(exp_fixed(static_cast<double>(in[i] - highest)));
  const bool ordinary = sum >= 1 && std::isfinite(sum);  // the largest adds 1
  const float log =
      ordinary ? static_cast<float>(log_fixed(static_cast<double>(sum))) : std::nanf("");
  for (std::size_t i = 0; i < count; ++i) out[i] = (in[i] - highest) - log;
}

}  // namespace systolith
