// What reports call the causes of waiting: those of memory levels by their level.
#pragma once

#include <string>
#include <vector>

#include "sim/system/simulate.h"

namespace systolith {

struct NamedCause {
  std::string name;
  std::vector<Reason> reasons;

  Cycles spent(const Activity& activity) const;
};

// In the order of Cause; "l2.bank" and "l2.miss" in the place of level_bank and level_miss, of
// levels of the same name (tenants' own) together. They sum to an activity's whole.
std::vector<NamedCause> named_causes(const std::vector<MemoryLevelReport>& levels);

}  // namespace systolith
