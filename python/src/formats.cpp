// Number formats and requantisation, element by element; python/systolith/formats.py shapes them.
#include "hw/arith/format.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "hw/arith/overflow.h"
#include "hw/arith/requantize.h"
#include "hw/base/registry.h"
#include "python/src/bindings.h"

namespace py = pybind11;

namespace systolith::python {
namespace {

template <class T>
using Array = py::array_t<T, py::array::c_style | py::array::forcecast>;

template <class To, class From, class Each>
py::array_t<To> mapped(const Array<From>& from, const Each& each) {
  py::array_t<To> to(std::vector<py::ssize_t>(from.shape(), from.shape() + from.ndim()));
  To* out = to.mutable_data();
  for (py::ssize_t i = 0; i < from.size(); ++i) out[i] = static_cast<To>(each(from.data()[i]));
  return to;
}

// (name, bits, is a float), in alphabetic order.
std::vector<std::tuple<std::string, std::int64_t, bool>> formats() {
  std::vector<std::tuple<std::string, std::int64_t, bool>> result;
  for (const auto* entry : registrations<NumberFormat>()) {
    const NumberFormat& format = entry->create();
    result.emplace_back(entry->name, format.width().count(), format.is_float());
  }
  return result;
}

py::array_t<std::uint64_t> encode(const Array<double>& values, const std::string& name) {
  const NumberFormat& format = number_format(format_from_name(name));
  return mapped<std::uint64_t>(values, [&](double value) { return format.encode(value); });
}

py::array_t<double> decode(const Array<std::uint64_t>& codes, const std::string& name) {
  const NumberFormat& format = number_format(format_from_name(name));
  return mapped<double>(codes, [&](std::uint64_t code) { return format.decode(code); });
}

Rounding rounding_from_name(const std::string& name) {
  const auto found = std::find(kRoundingNames.begin(), kRoundingNames.end(), name);
  if (found == kRoundingNames.end())
    throw UserError(unknown_name_message(
        "rounding", name, std::vector<std::string>(kRoundingNames.begin(), kRoundingNames.end())));
  return static_cast<Rounding>(found - kRoundingNames.begin());
}

CodeClamp clamp_of(const std::string& name, std::int64_t zero, std::optional<std::int64_t> low,
                   std::optional<std::int64_t> high) {
  const Format format = format_from_name(name);
  if (is_float(format) || format == Format::int32)
    user_error("sums are requantised into int4, int8, int16, uint4 or uint8, not {}", name);
  const CodeRange range = code_range(format);
  const auto checked = [&](const char* what, std::int64_t code) {
    if (code < range.low || code > range.high)
      user_error("{} {} is no code of {} (allowed: {} to {})", what, code, name, range.low,
                 range.high);
    return static_cast<std::int32_t>(code);
  };
  const CodeClamp clamp{
      checked("zero point", zero),
      {checked("low", low.value_or(range.low)), checked("high", high.value_or(range.high))}};
  if (clamp.range.low > clamp.range.high)
    user_error("low {} is above high {}", clamp.range.low, clamp.range.high);
  return clamp;
}

// `sums` and `multipliers` have one shape.
py::array_t<std::int32_t> requantize_sums(const Array<std::int64_t>& sums,
                                          const Array<double>& multipliers, std::int64_t zero,
                                          const std::string& format, const std::string& rounding,
                                          std::optional<std::int64_t> low,
                                          std::optional<std::int64_t> high) {
  const CodeClamp clamp = clamp_of(format, zero, low, high);
  const Rounding how = rounding_from_name(rounding);
  const double* multiplier = multipliers.data();
  return mapped<std::int32_t>(sums, [&](std::int64_t sum) {
    if (sum != saturated(sum)) user_error("{} is no int32", sum);
    if (!std::isfinite(*multiplier)) user_error("multiplier {} is not finite", *multiplier);
    return requantize(static_cast<std::int32_t>(sum), *multiplier++, clamp, how);
  });
}

}  // namespace

void register_formats(py::module_& module) {
  module.def("formats", &formats);
  module.def("encode", &encode, py::arg("values"), py::arg("format"), py::pos_only());
  module.def("decode", &decode, py::arg("codes"), py::arg("format"), py::pos_only());
  module.def("requantize", &requantize_sums, py::arg("sums"), py::arg("multipliers"),
             py::arg("zero_point"), py::arg("format"), py::arg("rounding"), py::arg("low"),
             py::arg("high"), py::pos_only());
}

}  // namespace systolith::python
