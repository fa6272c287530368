#include "hw/arith/format.h"

namespace systolith {
namespace {

const Registration<NumberFormat>& entry_of(Format format) {
  for (const auto* entry : registrations<NumberFormat>())
    if (entry->create().id() == format) return *entry;
  internal_error(__FILE__, __LINE__,
                 fmt::format("number format {} is not registered", static_cast<int>(format)));
}

}  // namespace

void fail_half_bytes() {
  internal_error(__FILE__, __LINE__, "an element of half a byte has no size in bytes");
}

const NumberFormat& number_format(Format format) { return entry_of(format).create(); }

std::string_view to_string(Format format) { return entry_of(format).name; }

Format format_from_name(std::string_view name) {
  return registration<NumberFormat>(name).create().id();
}

}  // namespace systolith
