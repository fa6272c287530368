// When a bank's row is closed that no waiting request needs. One file per policy.
#pragma once

#include "hw/arch/machine.h"
#include "hw/base/registry.h"

namespace systolith {

struct PagePolicy {
  static constexpr const char* kKind = "page policy";
  using Factory = PagePolicy (*)(const DramConfig& dram);
  static constexpr Cycles kNever{-1};

  // With the last waiting access to it (by auto-precharge).
  bool with_last_access;
  // So many clocks after its last access; kNever: when another row is wanted.
  Cycles after;
};
template <>
const RegistrationTable<PagePolicy>& registrations<PagePolicy>();

}  // namespace systolith
