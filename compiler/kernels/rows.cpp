#include "compiler/kernels/rows.h"

#include <cstring>

#include "hw/arith/codecs.h"

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

template <class T>
T code_at(const std::uint8_t* codes, std::int64_t i) {
  T code;
  std::memcpy(&code, codes + static_cast<std::int64_t>(sizeof code) * i, sizeof code);
  return code;
}

template <class T>
void set_code(std::uint8_t* codes, std::int64_t i, T code) {
  std::memcpy(codes + static_cast<std::int64_t>(sizeof code) * i, &code, sizeof code);
}

}  // namespace

void read_row(const std::uint8_t* codes, const KernelTensor& tensor, std::int64_t count,
              float* values) {
  if (tensor.format == Format::int32) return read_int32(codes, count, values);
  if (is_float(tensor.format))
    return with_float_codec(tensor.format, [&](auto codec) {
      using Code = typename decltype(codec)::Code;
      for (std::int64_t i = 0; i < count; ++i) values[i] = codec.decode(code_at<Code>(codes, i));
    });
  with_integer_code(tensor.format, [&, zero = tensor.quantization.zero_point](auto code) {
    for (std::int64_t i = 0; i < count; ++i)
      values[i] = static_cast<float>(code_at<decltype(code)>(codes, i) - zero);
  });
}

void write_row(const float* values, const KernelTensor& tensor, std::int64_t count,
               std::uint8_t* codes) {
  const Format format = tensor.format;
  if (format == Format::int32) return write_int32(values, count, codes);
  if (is_float(format))
    return with_float_codec(format, [&](auto codec) {
      for (std::int64_t i = 0; i < count; ++i) set_code(codes, i, codec.encode(values[i]));
    });
  with_integer_code(format, [&, zero = tensor.quantization.zero_point](auto code) {
    for (std::int64_t i = 0; i < count; ++i)
      set_code(codes, i, static_cast<decltype(code)>(to_integer(values[i], zero, format)));
  });
}

}  // namespace systolith
