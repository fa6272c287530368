// Access to a tensor's codes, a pixel's channels at a time.
#pragma once

#include <vector>

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// A tensor and where its bytes are. `base` is its storage's first byte.
struct TensorRows {
  const KernelTensor* tensor = nullptr;
  std::uint8_t* base = nullptr;
  std::int64_t storage_channels = 0;

  std::int64_t pixels() const { return tensor->shape[0] * tensor->shape[1] * tensor->shape[2]; }
  std::int64_t channels() const { return tensor->shape[3]; }
  std::uint8_t* at(std::int64_t pixel, std::int64_t channel = 0) const {
    return base +
           (pixel * storage_channels + tensor->channel_offset + channel) * bytes_of(tensor->format);
  }
};

// values[i] = float(code - zero_point) of `count` codes. Formats: int8, uint8, int32, bf16, fp32.
void read_row(const std::uint8_t* codes, const KernelTensor& tensor, std::int64_t count,
              float* values);
// Rounds `count` values into codes, zero_point added.
void write_row(const float* values, const KernelTensor& tensor, std::int64_t count,
               std::uint8_t* codes);

}  // namespace systolith
