#include "sim/cli/npy.h"

#include <fmt/ranges.h>

#include <cstring>
#include <functional>
#include <map>
#include <regex>

#include "hw/base/units.h"

namespace systolith::cli {
namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
constexpr std::size_t kPrefix = kMagic.size() + 2;  // and the header's length, 16 bits
constexpr std::size_t kAlignment = 64;

std::string shape_tuple(const Shape& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

template <class T>
void convert(std::string_view bytes, std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(value);
  }
}

struct ElementType {
  std::size_t bytes;
  void (*read)(std::string_view, std::vector<float>&);
};

const std::map<std::string, ElementType>& element_types() {
  static const std::map<std::string, ElementType> kTypes = {
      {"<f4", {4, convert<float>}},        {"<f8", {8, convert<double>}},
      {"|i1", {1, convert<std::int8_t>}},  {"|u1", {1, convert<std::uint8_t>}},
      {"<i2", {2, convert<std::int16_t>}}, {"<i4", {4, convert<std::int32_t>}},
      {"<i8", {8, convert<std::int64_t>}},
  };
  return kTypes;
}

// The text of the header's value for `key`, e.g. '<f4' for descr.
std::string header_field(const std::string& header, const std::string& key,
                         const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(header, match, std::regex("'" + key + "':\\s*" + pattern)))
    user_error("the header has no {}", key);
  return match[1];
}

Shape parse_shape(const std::string& tuple) {
  Shape shape;
  static const std::regex kNumber("[0-9]+");
  for (std::sregex_iterator i(tuple.begin(), tuple.end(), kNumber), end; i != end; ++i) {
    if (i->length() > 18) user_error("impossible shape ({})", tuple);
    shape.push_back(std::stoll(i->str()));
  }
  return shape;
}

}  // namespace

std::string to_npy(const Tensor& tensor) {
  SYSTOLITH_CHECK(tensor.type == DataType::float32, "only float32 is written");
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}",
                                   shape_tuple(tensor.shape));
  const std::size_t length =
      static_cast<std::size_t>(
          round_up(static_cast<std::int64_t>(kPrefix + header.size() + 1), kAlignment)) -
      kPrefix;
  header.resize(length - 1, ' ');
  std::string npy(kMagic);
  npy += static_cast<char>(length & 0xFF);
  npy += static_cast<char>(length >> 8);
  npy += header + '\n';
  npy.append(reinterpret_cast<const char*>(tensor.floats.data()), tensor.floats.size() * 4);
  return npy;
}

Tensor from_npy(std::string_view bytes) {
  if (bytes.size() < kPrefix || bytes.substr(0, kMagic.size()) != kMagic)
    user_error("not an .npy array of format 1.0");
  const std::size_t length = static_cast<unsigned char>(bytes[kMagic.size()]) |
                             std::size_t{static_cast<unsigned char>(bytes[kMagic.size() + 1])} << 8;
  if (bytes.size() < kPrefix + length) user_error("the header is cut off");
  const std::string header(bytes.substr(kPrefix, length));
  const std::string descr = header_field(header, "descr", "'([^']*)'");
  const auto type = element_types().find(descr);
  if (type == element_types().end()) {
    std::vector<std::string> known;
    for (const auto& entry : element_types()) known.push_back(entry.first);
    user_error("unknown element type '{}' (allowed: {})", descr, fmt::join(known, ", "));
  }
  if (header_field(header, "fortran_order", "(True|False)") == "True")
    user_error("Fortran order is not read; save numpy.ascontiguousarray(array)");
  Tensor tensor;
  tensor.shape = parse_shape(header_field(header, "shape", "\\(([^)]*)\\)"));
  const std::string_view data = bytes.substr(kPrefix + length);
  const std::size_t available = data.size() / type->second.bytes;
  if (available * type->second.bytes != data.size() ||
      available != static_cast<std::size_t>(elements(tensor.shape)))
    user_error("{} bytes do not hold shape {} of {}", data.size(), to_string(tensor.shape), descr);
  tensor.floats.resize(available);
  type->second.read(data, tensor.floats);
  return tensor;
}

}  // namespace systolith::cli
