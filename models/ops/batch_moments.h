// What BatchNormalization in training mode and its gradient share.
#pragma once

#include "models/graph/graph.h"

namespace systolith {

// Mean and (population) variance of every channel over batch and pixels. Added up in double in the
// order of memory, the mean first and then the squared differences from it, each rounded once.
struct BatchMoments {
  std::vector<float> mean, variance;
  float count = 0;  // values of one channel
};
// Requires: [batch, channels, ...] with elements.
BatchMoments batch_moments(const Tensor& x);

// fn(channel, flat index of the first pixel, pixels) for every channel of every image, in order.
template <class Function>
void for_each_plane(const Shape& shape, Function fn) {
  std::int64_t pixels = 1;
  for (std::size_t dim = 2; dim < shape.size(); ++dim) pixels *= shape[dim];
  for (std::int64_t plane = 0; plane < shape[0] * shape[1]; ++plane)
    fn(static_cast<std::size_t>(plane % shape[1]), plane * pixels, pixels);
}

}  // namespace systolith
