// One run of several tenants' requests on an elaborated machine.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "hw/tenancy/dispatcher.h"
#include "sim/serve/prepare.h"
#include "sim/system/simulate.h"
#include "sim/system/top.h"

namespace systolith {

// Why a tenant was stopped.
struct TenantFault {
  std::int64_t request = 0;
  Cycles cycle;
  CoreId core{};
  std::string message;
};

struct TenantOutcome {
  std::vector<Request> requests;  // carried out, in order of finish
  std::int64_t arrived = 0;
  double unfinished = 0;  // share of the one under way that was carried out when the service ended
  std::int64_t macs = 0, dram_bytes = 0;
  std::optional<TenantFault> fault;
  TensorBytes outputs;  // with values, of the last request
};

struct ServiceOutcome : MachineWork {
  std::vector<TenantOutcome> tenants;
};

// Sees the service as it goes. Cycles are of the core clock.
class ServiceObserver {
 public:
  virtual ~ServiceObserver() = default;
  // `own`: the tenant's number of the command's core. In order of finish.
  virtual void command_ran(const Command& command, std::size_t own, Cycles start,
                           Cycles finish) = 0;
  virtual void request_finished(const Request& request) = 0;
};

struct ServiceOptions {
  bool values = false;
  std::vector<TensorBytes> inputs;      // by tenant, with values
  ServiceObserver* observer = nullptr;  // not owned
  // As RunOptions::progress; the fraction is of the requests that are sure to come.
  std::function<bool(Cycles now, double fraction)> progress;
};

// `arrivals`: by tenant; a tenant without has no requests. `until`: open-ended tenants go on until
// then. Causes sum to the total, and every request that arrived is accounted for; a service that
// cannot go on is a UserError that lists who waits for whom.
struct ServicePlan {
  std::vector<std::unique_ptr<ArrivalProcess>> arrivals;
  std::vector<std::optional<std::int64_t>> requests;  // at most
  std::optional<Femtoseconds> duration;               // no arrivals from then on
};
ServiceOutcome run_service(const Scenario& scenario, const PreparedScenario& prepared,
                           ServicePlan plan, const ServiceOptions& options);

}  // namespace systolith
