// Which of the requests that want the same cores goes first. One file per policy.
#pragma once

#include <cstdint>
#include <memory>

#include "hw/base/registry.h"
#include "hw/base/tenant.h"
#include "hw/base/units.h"

namespace systolith {

// A request that waits for its tenant's cores, or has them.
struct Claim {
  TenantId tenant{};
  Cycles arrival;
  std::uint64_t number = 0;  // in the order of arrival, over all tenants
  std::int64_t priority = 0;
  bool background = false;
};

class SchedulingPolicy {
 public:
  static constexpr const char* kKind = "scheduling policy";
  using Factory = std::unique_ptr<SchedulingPolicy> (*)();

  virtual ~SchedulingPolicy() = default;
  // A strict order; it must not depend on anything but the two claims.
  virtual bool before(const Claim& a, const Claim& b) const = 0;
  // Whether the running one gives its cores up to the waiting one at its next border.
  // Requires: waiting goes before running, or arrived later.
  virtual bool preempts(const Claim& waiting, const Claim& running) const = 0;
};
template <>
const RegistrationTable<SchedulingPolicy>& registrations<SchedulingPolicy>();

inline bool arrived_before(const Claim& a, const Claim& b) { return a.number < b.number; }

}  // namespace systolith
