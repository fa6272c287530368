// Small kernel graphs for tests, filled with seeded codes.
#pragma once

#include <random>

#include "compiler/kernels/interpret.h"

namespace systolith {

// Dense, its own storage.
inline TensorId add_tensor(KernelGraph& graph, const std::string& name,
                           const std::array<std::int64_t, 4>& shape, Format format,
                           Quantization quantization = {}) {
  KernelTensor tensor;
  tensor.name = name;
  tensor.shape = shape;
  tensor.logical_shape = {shape[0], shape[3], shape[1], shape[2]};
  tensor.format = format;
  tensor.quantization = quantization;
  tensor.storage = static_cast<TensorId>(graph.tensors.size());
  graph.tensors.push_back(tensor);
  return tensor.storage;
}

// Codes of any int8, or bf16 and fp32 of normal numbers.
inline std::vector<std::uint8_t> random_codes(const KernelTensor& tensor, unsigned seed) {
  std::mt19937 random(seed);
  if (tensor.format == Format::int8) {
    std::vector<std::uint8_t> codes;
    for (std::int64_t i = 0; i < tensor.elements(); ++i)
      codes.push_back(static_cast<std::uint8_t>(random()));
    return codes;
  }
  Tensor value;
  for (std::int64_t i = 0; i < tensor.elements(); ++i)
    value.floats.push_back(static_cast<float>(random() % 2048) / 512.0F - 2.0F);
  return to_codes(tensor, value);
}

}  // namespace systolith
