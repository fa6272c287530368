#include "compiler/kernels/rows.h"

#include <cstring>

#include "hw/arith/epilogue.h"

namespace systolith {
namespace {

// Counts and labels: neither scaled nor shifted.
void read_int32(const std::uint8_t* codes, std::int64_t count, float* values) {
  for (std::int64_t i = 0; i < count; ++i) {
    std::int32_t code = 0;
    std::memcpy(&code, codes + 4 * i, sizeof code);
    values[i] = static_cast<float>(code);
  }
}

void write_int32(const float* values, std::int64_t count, std::uint8_t* codes) {
  for (std::int64_t i = 0; i < count; ++i) {
    const auto code = static_cast<std::int32_t>(values[i]);
    std::memcpy(codes + 4 * i, &code, sizeof code);
  }
}

template <class Code>
void read_integers(const std::uint8_t* codes, std::int32_t zero, std::int64_t count,
                   float* values) {
  const auto* typed = reinterpret_cast<const Code*>(codes);
  for (std::int64_t i = 0; i < count; ++i) values[i] = static_cast<float>(typed[i] - zero);
}

void read_bf16(const std::uint8_t* codes, std::int64_t count, float* values) {
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint16_t code = 0;
    std::memcpy(&code, codes + 2 * i, sizeof code);
    values[i] = from_bf16(code);
  }
}

void write_bf16(const float* values, std::int64_t count, std::uint8_t* codes) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint16_t code = to_bf16(values[i]);
    std::memcpy(codes + 2 * i, &code, sizeof code);
  }
}

void write_integers(const float* values, std::int32_t zero, Format format, std::int64_t count,
                    std::uint8_t* codes) {
  for (std::int64_t i = 0; i < count; ++i)
    codes[i] = static_cast<std::uint8_t>(to_integer(values[i], zero, format));
}

}  // namespace

void read_row(const std::uint8_t* codes, const KernelTensor& tensor, std::int64_t count,
              float* values) {
  const std::int32_t zero = tensor.quantization.zero_point;
  switch (tensor.format) {
    case Format::int4:
    case Format::int8:
      return read_integers<std::int8_t>(codes, zero, count, values);
    case Format::uint8:
      return read_integers<std::uint8_t>(codes, zero, count, values);
    case Format::bf16:
      return read_bf16(codes, count, values);
    case Format::fp32:
      std::memcpy(values, codes, static_cast<std::size_t>(count) * sizeof(float));
      return;
    case Format::int32:
      return read_int32(codes, count, values);
  }
  SYSTOLITH_CHECK(false, "tensor '{}' has no readable format", tensor.name);
}

void write_row(const float* values, const KernelTensor& tensor, std::int64_t count,
               std::uint8_t* codes) {
  switch (tensor.format) {
    case Format::int4:
    case Format::int8:
    case Format::uint8:
      return write_integers(values, tensor.quantization.zero_point, tensor.format, count, codes);
    case Format::bf16:
      return write_bf16(values, count, codes);
    case Format::fp32:
      std::memcpy(codes, values, static_cast<std::size_t>(count) * sizeof(float));
      return;
    case Format::int32:
      return write_int32(values, count, codes);
  }
  SYSTOLITH_CHECK(false, "tensor '{}' has no writable format", tensor.name);
}

}  // namespace systolith
