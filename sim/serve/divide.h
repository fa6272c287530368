// Divides the machine of a scenario among its tenants.
#pragma once

#include "hw/arch/partition.h"
#include "sim/serve/scenario.h"

namespace systolith {

// Cores: logical ones (hw/arch/logical_cores.h), as listed, or the next ones that nobody has, or
// all. Scratchpads: tenants that give no share have all of it, one after the other, where nobody on
// their cores gives one, else equal parts of the rest. DRAM channels and shared levels: as their
// shares, else equal parts of the rest; under strict isolation else all, so that what a tenant has
// does not depend on who else is there. Throws UserError with the place in the scenario: more than
// there is, shares above 100 %, cores of one tenant that are not alike, and under strict isolation
// a core that two tenants have.
Partition divide(const Scenario& scenario);

// Whether others write to the tenant's part of the scratchpads while it does not run.
bool shares_scratchpad(const Partition& partition, std::size_t tenant);

}  // namespace systolith
