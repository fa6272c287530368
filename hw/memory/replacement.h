// Which line of a set makes room. One file per policy.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/base/registry.h"

namespace systolith {

class Replacement {
 public:
  static constexpr const char* kKind = "replacement policy";
  using Factory = std::unique_ptr<Replacement> (*)(std::size_t sets, std::size_t ways);

  virtual ~Replacement() = default;
  virtual void used(std::size_t set, std::size_t way) = 0;
  // Of the ways that are not `held`, of which there is one at least.
  virtual std::size_t victim(std::size_t set, const std::vector<bool>& held) = 0;
};
template <>
const RegistrationTable<Replacement>& registrations<Replacement>();

}  // namespace systolith
