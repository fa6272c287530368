#include "models/onnx/tensor_proto.h"

#include <algorithm>
#include <cstring>

#include "models/graph/narrow_float.h"
#include "models/onnx/element_type.h"
#include "models/onnx/external_data.h"

namespace systolith {
namespace {

using onnx::TensorProto;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "raw data is little-endian");

// Every element of `raw`, which holds Stored values, through `convert`.
template <class Stored, class Result, class Convert>
void decode_raw(const std::string& raw, std::vector<Result>& out, Convert convert) {
  out.resize(raw.size() / sizeof(Stored));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, raw.data() + i * sizeof stored, sizeof stored);
    out[i] = convert(stored);
  }
}

template <class Stored>
void decode_integers(const std::string& raw, Tensor& tensor) {
  decode_raw<Stored>(raw, tensor.integers,
                     [](Stored value) { return static_cast<std::int64_t>(value); });
}

// Two elements to a byte, the first in the low half.
void decode_halves(const std::string& raw, Tensor& tensor) {
  tensor.integers.resize(static_cast<std::size_t>(elements(tensor.shape)));
  for (std::size_t i = 0; i < tensor.integers.size(); ++i) {
    const int half = static_cast<unsigned char>(raw[i / 2]) >> (i % 2 * 4) & 15;
    tensor.integers[i] = tensor.type == DataType::int4 ? (half ^ 8) - 8 : half;
  }
}

template <class Stored>
void decode_narrow_floats(const std::string& raw, Tensor& tensor) {
  decode_raw<Stored>(raw, tensor.floats, [&](Stored code) { return number_of(tensor.type, code); });
}

void decode(const ElementType& type, const std::string& raw, Tensor& tensor) {
  if (type.bits == 4) return decode_halves(raw, tensor);
  if (is_floating(type.imported) && type.bits == 8)
    return decode_narrow_floats<std::uint8_t>(raw, tensor);
  switch (type.number) {
    case TensorProto::FLOAT:
      return decode_raw<float>(raw, tensor.floats, [](float value) { return value; });
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return decode_narrow_floats<std::uint16_t>(raw, tensor);
    case TensorProto::DOUBLE:
      return decode_raw<double>(raw, tensor.floats,
                                [](double value) { return static_cast<float>(value); });
    case TensorProto::BOOL:
      return decode_raw<std::uint8_t>(raw, tensor.integers,
                                      [](std::uint8_t value) { return value != 0 ? 1 : 0; });
    case TensorProto::UINT8:
      return decode_integers<std::uint8_t>(raw, tensor);
    case TensorProto::INT8:
      return decode_integers<std::int8_t>(raw, tensor);
    case TensorProto::UINT16:
      return decode_integers<std::uint16_t>(raw, tensor);
    case TensorProto::INT16:
      return decode_integers<std::int16_t>(raw, tensor);
    case TensorProto::INT32:
      return decode_integers<std::int32_t>(raw, tensor);
    case TensorProto::UINT32:
      return decode_integers<std::uint32_t>(raw, tensor);
    case TensorProto::INT64:
    case TensorProto::UINT64:
      return decode_integers<std::int64_t>(raw, tensor);
    default:
      SYSTOLITH_CHECK(false, "element type {}", type.name);
  }
}

// A typed field's values, each cut to its bytes: the raw encoding of the same tensor. What is
// narrower than a byte is packed in the field already.
template <class Field>
std::string as_raw(const Field& field, std::size_t bytes) {
  std::string raw(static_cast<std::size_t>(field.size()) * bytes, '\0');
  for (int i = 0; i < field.size(); ++i) {
    const auto value = field.Get(i);
    std::memcpy(raw.data() + static_cast<std::size_t>(i) * bytes, &value, bytes);
  }
  return raw;
}

// Which typed field holds which type: the comments of TensorProto in onnx.proto.
std::string typed_data(const TensorProto& proto, const ElementType& type) {
  const std::size_t bytes = std::max<std::size_t>(type.bits / 8, 1);
  switch (type.number) {
    case TensorProto::FLOAT:
      return as_raw(proto.float_data(), bytes);
    case TensorProto::DOUBLE:
      return as_raw(proto.double_data(), bytes);
    case TensorProto::INT64:
      return as_raw(proto.int64_data(), bytes);
    case TensorProto::UINT32:
    case TensorProto::UINT64:
      return as_raw(proto.uint64_data(), bytes);
    default:
      return as_raw(proto.int32_data(), bytes);
  }
}

std::string describe(const TensorProto& proto) {
  return proto.name().empty() ? "a tensor" : fmt::format("tensor '{}'", proto.name());
}

Shape shape_of(const TensorProto& proto) {
  Shape shape(proto.dims().begin(), proto.dims().end());
  for (const std::int64_t extent : shape)
    if (extent < 0)
      user_error("{} has shape {}: an extent must not be negative", describe(proto),
                 to_string(shape));
  return shape;
}

void check_range(const TensorProto& proto, const ElementType& type, const Tensor& tensor) {
  if (type.number != TensorProto::UINT64) return;
  for (const std::int64_t value : tensor.integers)
    if (value < 0) user_error("{} holds a UINT64 above 2^63 - 1", describe(proto));
}

template <class Stored>
std::string encode_integers(const Tensor& tensor) {
  std::string raw(tensor.integers.size() * sizeof(Stored), '\0');
  for (std::size_t i = 0; i < tensor.integers.size(); ++i) {
    const auto value = static_cast<Stored>(tensor.integers[i]);
    std::memcpy(raw.data() + i * sizeof value, &value, sizeof value);
  }
  return raw;
}

std::string encode_halves(const Tensor& tensor) {
  std::string raw((tensor.integers.size() + 1) / 2, '\0');
  for (std::size_t i = 0; i < tensor.integers.size(); ++i) {
    const auto half = static_cast<unsigned>(tensor.integers[i] & 15) << (i % 2 * 4);
    raw[i / 2] = static_cast<char>(static_cast<unsigned char>(raw[i / 2]) | half);
  }
  return raw;
}

template <class Stored>
std::string encode_narrow_floats(const Tensor& tensor) {
  Tensor codes;
  for (const float value : tensor.floats) codes.integers.push_back(code_of(tensor.type, value));
  return encode_integers<Stored>(codes);
}

std::string encode(const Tensor& tensor) {
  switch (tensor.type) {
    case DataType::float32: {
      std::string raw(tensor.floats.size() * sizeof(float), '\0');
      if (!raw.empty()) std::memcpy(raw.data(), tensor.floats.data(), raw.size());
      return raw;
    }
    case DataType::int64:
      return encode_integers<std::int64_t>(tensor);
    case DataType::int32:
      return encode_integers<std::int32_t>(tensor);
    case DataType::int8:
      return encode_integers<std::int8_t>(tensor);
    case DataType::uint8:
    case DataType::boolean:
      return encode_integers<std::uint8_t>(tensor);
    case DataType::int16:
    case DataType::uint16:
      return encode_integers<std::uint16_t>(tensor);
    case DataType::int4:
    case DataType::uint4:
      return encode_halves(tensor);
    case DataType::float16:
    case DataType::bfloat16:
      return encode_narrow_floats<std::uint16_t>(tensor);
    case DataType::float8e4m3fn:
    case DataType::float8e5m2:
      return encode_narrow_floats<std::uint8_t>(tensor);
  }
  SYSTOLITH_CHECK(false, "data type {}", static_cast<int>(tensor.type));
}

}  // namespace

Tensor import_tensor(const TensorProto& proto, const std::filesystem::path& folder) {
  const ElementType& type = element_type(proto.data_type(), describe(proto));
  Tensor tensor;
  tensor.type = type.imported;
  tensor.shape = shape_of(proto);
  std::int64_t bits = 0;
  if (__builtin_mul_overflow(elements(tensor.shape), static_cast<std::int64_t>(type.bits), &bits))
    user_error("{} of shape {} is too large", describe(proto), to_string(tensor.shape));
  const auto expected = static_cast<std::size_t>(bits / 8 + (bits % 8 != 0 ? 1 : 0));
  const auto take = [&](const std::string& raw) {
    if (raw.size() != expected)
      user_error("{} of shape {} ({}) needs {} bytes, its data has {}", describe(proto),
                 to_string(tensor.shape), type.name, expected, raw.size());
    decode(type, raw, tensor);
  };
  if (proto.data_location() == TensorProto::EXTERNAL)
    take(read_external_data(proto, folder, expected));
  else if (proto.has_raw_data())
    take(proto.raw_data());
  else
    take(typed_data(proto, type));
  check_range(proto, type, tensor);
  return tensor;
}

TensorProto export_tensor(const std::string& name, const Tensor& tensor) {
  TensorProto proto;
  proto.set_name(name);
  proto.set_data_type(onnx_type(tensor.type));
  for (const std::int64_t extent : tensor.shape) proto.add_dims(extent);
  proto.set_raw_data(encode(tensor));
  return proto;
}

}  // namespace systolith
