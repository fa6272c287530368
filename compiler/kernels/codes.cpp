// Logical fp32 tensors to physical codes and back.
#include "compiler/kernels/interpret.h"
#include "compiler/kernels/layout.h"
#include "compiler/kernels/rows.h"

namespace systolith {
namespace {

// Calls visit(logical index, physical index) for every element; only rank 4 is permuted.
template <class Visit>
void for_each_element(const Shape& logical, const Visit& visit) {
  if (logical.size() != 4) {
    const std::int64_t count = elements(logical);
    for (std::int64_t i = 0; i < count; ++i) visit(i, i);
    return;
  }
  const std::int64_t channels = logical[1], pixels = logical[2] * logical[3];
  for (std::int64_t n = 0; n < logical[0]; ++n)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t p = 0; p < pixels; ++p)
        visit((n * channels + c) * pixels + p, (n * pixels + p) * channels + c);
}

}  // namespace

std::vector<std::uint8_t> to_codes(const KernelTensor& tensor, const Tensor& value) {
  SYSTOLITH_CHECK(static_cast<std::int64_t>(value.floats.size()) == tensor.elements(),
                  "tensor '{}' has {} elements, not {}", tensor.name, tensor.elements(),
                  value.floats.size());
  std::vector<float> physical(value.floats.size());
  const float scale = is_float(tensor.format) ? 1.0F : tensor.quantization.scale;
  for_each_element(tensor.logical_shape, [&](std::int64_t from, std::int64_t to) {
    physical[static_cast<std::size_t>(to)] = value.floats[static_cast<std::size_t>(from)] / scale;
  });
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(tensor.bytes()));
  write_row(physical.data(), tensor, tensor.elements(), codes.data());
  return codes;
}

Tensor from_codes(const KernelTensor& tensor, const std::vector<std::uint8_t>& codes) {
  SYSTOLITH_CHECK(static_cast<std::int64_t>(codes.size()) == tensor.bytes(),
                  "tensor '{}' has {} bytes, not {}", tensor.name, tensor.bytes(), codes.size());
  std::vector<float> physical(static_cast<std::size_t>(tensor.elements()));
  read_row(codes.data(), tensor, tensor.elements(), physical.data());
  Tensor value;
  value.shape = tensor.logical_shape;
  value.floats.resize(physical.size());
  const float scale = is_float(tensor.format) ? 1.0F : tensor.quantization.scale;
  for_each_element(tensor.logical_shape, [&](std::int64_t to, std::int64_t from) {
    value.floats[static_cast<std::size_t>(to)] = scale * physical[static_cast<std::size_t>(from)];
  });
  return value;
}

}  // namespace systolith
