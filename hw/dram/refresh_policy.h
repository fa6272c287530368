// How a rank is refreshed. One file per policy.
#pragma once

#include <vector>

#include "hw/base/registry.h"
#include "hw/dram/dram_device.h"

namespace systolith {

// The commands that a rank is due, one every `interval`, in turns.
struct RefreshPlan {
  DramCommand command = DramCommand::refresh_all;
  Cycles interval;                               // zero: never
  Cycles duration;                               // of each
  std::vector<std::vector<std::int32_t>> turns;  // which banks of the rank each one refreshes
};

struct RefreshPolicy {
  static constexpr const char* kKind = "refresh policy";
  // Throws UserError where the standard can't.
  using Factory = RefreshPlan (*)(const DramDevice& device);
};
template <>
const RegistrationTable<RefreshPolicy>& registrations<RefreshPolicy>();

}  // namespace systolith
