// Whose a command, request or packet is.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "hw/base/error.h"

namespace systolith {

enum class TenantId : std::uint16_t {};

// A value for every tenant. A table of one entry is everybody's, as in a plain run.
template <class T>
class TenantTable {
 public:
  TenantTable() = default;
  explicit TenantTable(std::vector<T> values) : values_(std::move(values)) {}

  const T& operator[](TenantId tenant) const {
    if (values_.size() == 1) return values_.front();
    const auto index = static_cast<std::size_t>(tenant);
    SYSTOLITH_CHECK(index < values_.size(), "tenant {} of {}", index, values_.size());
    return values_[index];
  }
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<T> values_;
};

}  // namespace systolith
