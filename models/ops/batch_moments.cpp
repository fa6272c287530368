#include "models/ops/batch_moments.h"

namespace systolith {

BatchMoments batch_moments(const Tensor& x) {
  const auto channels = static_cast<std::size_t>(x.shape[1]);
  const double count = static_cast<double>(x.floats.size()) / static_cast<double>(channels);
  std::vector<double> mean(channels), variance(channels);
  for_each_plane(x.shape, [&](std::size_t c, std::int64_t first, std::int64_t pixels) {
    for (std::int64_t i = first; i < first + pixels; ++i) mean[c] += x.floats[i];
  });
  for (double& sum : mean) sum /= count;
  for_each_plane(x.shape, [&](std::size_t c, std::int64_t first, std::int64_t pixels) {
    for (std::int64_t i = first; i < first + pixels; ++i) {
      const double away = x.floats[i] - mean[c];
      variance[c] += away * away;
    }
  });
  BatchMoments moments;
  moments.count = static_cast<float>(count);
  for (std::size_t c = 0; c < channels; ++c) {
    moments.mean.push_back(static_cast<float>(mean[c]));
    moments.variance.push_back(static_cast<float>(variance[c] / count));
  }
  return moments;
}

}  // namespace systolith
