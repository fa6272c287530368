// Logical fp32 tensors to physical codes and back.
#include "compiler/kernels/interpret.h"
#include "compiler/kernels/layout.h"
#include "compiler/kernels/rows.h"
#include "hw/arith/int4.h"

namespace systolith {
namespace {

// Calls visit(logical index, physical index) for every element; only rank 4 is permuted.
template <class Visit>
void for_each_element(const KernelTensor& tensor, const Visit& visit) {
  const Shape& logical = tensor.logical_shape;
  if (logical.size() != 4) {
    const std::int64_t count = elements(logical);
    for (std::int64_t i = 0; i < count; ++i) visit(i, i);
    return;
  }
  const auto strides = physical_strides(logical, tensor.layout);
  std::int64_t index = 0;
  for (std::int64_t n = 0; n < logical[0]; ++n)
    for (std::int64_t c = 0; c < logical[1]; ++c)
      for (std::int64_t h = 0; h < logical[2]; ++h)
        for (std::int64_t w = 0; w < logical[3]; ++w)
          visit(index++, n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3]);
}

// Calls visit(the pixel's first element, its byte among the codes) for every pixel.
template <class Visit>
void for_each_pixel(const KernelTensor& tensor, const Visit& visit) {
  for (std::int64_t p = 0; p < tensor.pixels(); ++p)
    visit(p * tensor.shape[3], p * tensor.pitch() * units_of(tensor.format));
}

std::vector<float> values_of(const Tensor& value) {
  if (value.type == DataType::float32) return value.floats;
  return {value.integers.begin(), value.integers.end()};
}

}  // namespace

std::vector<std::uint8_t> to_codes(const KernelTensor& tensor, const Tensor& value) {
  const std::vector<float> values = values_of(value);
  SYSTOLITH_CHECK(static_cast<std::int64_t>(values.size()) == tensor.elements(),
                  "tensor '{}' has {} elements, not {}", tensor.name, tensor.elements(),
                  values.size());
  std::vector<float> physical(values.size());
  const float scale = is_float(tensor.format) ? 1.0F : tensor.quantization.scale;
  for_each_element(tensor, [&](std::int64_t from, std::int64_t to) {
    physical[static_cast<std::size_t>(to)] = values[static_cast<std::size_t>(from)] / scale;
  });
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(tensor.code_bytes()));
  for_each_pixel(tensor, [&](std::int64_t element, std::int64_t place) {
    write_row(physical.data() + element, tensor, tensor.shape[3], codes.data() + place);
  });
  return pack_codes(tensor.format, std::move(codes));
}

Tensor from_codes(const KernelTensor& tensor, const std::vector<std::uint8_t>& codes) {
  SYSTOLITH_CHECK(static_cast<std::int64_t>(codes.size()) == tensor.bytes(),
                  "tensor '{}' has {} bytes, not {}", tensor.name, tensor.bytes(), codes.size());
  std::vector<float> physical(static_cast<std::size_t>(tensor.elements()));
  const std::vector<std::uint8_t> unpacked = unpack_codes(tensor.format, codes);
  for_each_pixel(tensor, [&](std::int64_t element, std::int64_t place) {
    read_row(unpacked.data() + place, tensor, tensor.shape[3], physical.data() + element);
  });
  Tensor value;
  value.shape = tensor.logical_shape;
  value.floats.resize(physical.size());
  const float scale = is_float(tensor.format) ? 1.0F : tensor.quantization.scale;
  for_each_element(tensor, [&](std::int64_t to, std::int64_t from) {
    value.floats[static_cast<std::size_t>(to)] = scale * physical[static_cast<std::size_t>(from)];
  });
  return value;
}

std::vector<std::uint8_t> pack_codes(Format format, std::vector<std::uint8_t> codes) {
  if (units_per_byte(format) == 1) return codes;
  std::vector<std::uint8_t> packed(codes.size() / 2);
  for (std::size_t i = 0; i < codes.size(); ++i)
    set_int4(packed.data(), static_cast<std::int64_t>(i), codes[i]);
  return packed;
}

std::vector<std::uint8_t> unpack_codes(Format format, std::vector<std::uint8_t> codes) {
  if (units_per_byte(format) == 1) return codes;
  std::vector<std::uint8_t> unpacked(2 * codes.size());
  widen_half_bytes(codes.data(), 0, static_cast<std::int64_t>(unpacked.size()), format,
                   unpacked.data());
  return unpacked;
}

}  // namespace systolith
