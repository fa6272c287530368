// Access to a tensor's codes, a pixel's channels at a time.
#pragma once

#include <vector>

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// A tensor and where its codes are, an int4 one in a byte of its own. `base` is its storage's first
// byte, `pitch` its storage's.
struct TensorRows {
  const KernelTensor* tensor = nullptr;
  std::uint8_t* base = nullptr;
  std::int64_t pitch = 0;

  std::int64_t pixels() const { return tensor->pixels(); }
  std::int64_t channels() const { return tensor->shape[3]; }
  std::uint8_t* at(std::int64_t pixel, std::int64_t channel = 0) const {
    return base + (pixel * pitch + tensor->channel_offset + channel) * units_of(tensor->format);
  }
};

// values[i] = float(code - zero_point) of `count` codes.
void read_row(const std::uint8_t* codes, const KernelTensor& tensor, std::int64_t count,
              float* values);
// Rounds `count` values into codes, zero_point added.
void write_row(const float* values, const KernelTensor& tensor, std::int64_t count,
               std::uint8_t* codes);

}  // namespace systolith
