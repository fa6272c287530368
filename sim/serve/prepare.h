// A scenario's tenants with their parts of the machine and their programs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hw/arch/partition.h"
#include "hw/tenancy/job.h"
#include "sim/serve/scenario.h"
#include "traces/format/program.h"

namespace systolith {

struct PreparedTenant {
  const TenantSpec* spec = nullptr;
  Program program;
  StreamBorders borders;                // of its streams
  std::optional<SavedContext> context;  // where others write to its scratchpads meanwhile
};

struct PreparedScenario {
  Partition partition;
  std::vector<PreparedTenant> tenants;
};

// Compiles every tenant's workload for its part of the machine, or reads it where it is a program
// file. Requires: the scenario outlives the result. Throws UserError with the place in the
// scenario: what does not compile, a program for another machine, more memory than the tenant has.
// `poll` as CompileOptions::poll.
PreparedScenario prepare(
    const Scenario& scenario, bool with_values = false, const std::function<void()>& poll = [] {});

}  // namespace systolith
