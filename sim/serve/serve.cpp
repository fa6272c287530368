#include "sim/serve/serve.h"

#include "sim/serve/divide.h"
#include "sim/serve/service_timeline.h"

namespace systolith {
namespace {

// A single request at the very beginning.
class Once final : public ArrivalProcess {
 public:
  std::optional<Femtoseconds> next(Femtoseconds) override { return Femtoseconds(0); }
};

std::unique_ptr<ArrivalProcess> make_arrivals(const TenantSpec& tenant, const ArrivalSpec& spec) {
  try {
    return registration<ArrivalProcess>(spec.kind).create(spec);
  } catch (const UserError& error) {
    if (!error.where().file.empty()) throw;
    throw UserError(tenant.place("arrivals"),
                    fmt::format("tenant '{}': {}", tenant.name, error.what()));
  }
}

ServicePlan empty_plan(const Scenario& scenario) {
  ServicePlan plan;
  plan.arrivals.resize(scenario.tenants.size());
  plan.requests.resize(scenario.tenants.size());
  return plan;
}

Cycles cycles_alone(const Scenario& scenario, const PreparedScenario& prepared, std::size_t tenant,
                    const ServeOptions& options) {
  ServicePlan plan = empty_plan(scenario);
  plan.arrivals[tenant] = std::make_unique<Once>();
  plan.requests[tenant] = 1;
  ServiceOptions service;
  if (options.progress)  // not yet the service itself, but it must be possible to interrupt it
    service.progress = [&](Cycles now, double) { return options.progress(now, 0); };
  const ServiceOutcome outcome = run_service(scenario, prepared, std::move(plan), service);
  return outcome.tenants[tenant].requests.at(0).finish;
}

// Arrivals at `load` of what the tenant could do alone; parts per million.
std::int64_t microhertz_of(const Machine& machine, std::int64_t load, Cycles alone) {
  __extension__ using Wide = __int128;
  return static_cast<std::int64_t>(Wide{load} * machine.clock.count() / alone.count());
}

ServicePlan plan_of(const Scenario& scenario, const std::vector<Cycles>& alone) {
  ServicePlan plan = empty_plan(scenario);
  plan.duration = scenario.duration;
  for (std::size_t i = 0; i < scenario.tenants.size(); ++i) {
    const TenantSpec& tenant = scenario.tenants[i];
    ArrivalSpec arrivals = tenant.arrivals;
    if (tenant.load) arrivals.microhertz = microhertz_of(scenario.machine, *tenant.load, alone[i]);
    plan.arrivals[i] = make_arrivals(tenant, arrivals);
    plan.requests[i] = tenant.requests;
  }
  return plan;
}

}  // namespace

void check_scenario(const Scenario& scenario) {
  divide(scenario);
  for (const TenantSpec& tenant : scenario.tenants) make_arrivals(tenant, tenant.arrivals);
}

Served serve(const Scenario& scenario, const ServeOptions& options) {
  check_scenario(scenario);
  const PreparedScenario prepared = prepare(scenario, false, options.poll);
  if (options.prepared) options.prepared();
  std::vector<Cycles> alone;
  for (std::size_t i = 0; i < scenario.tenants.size(); ++i)
    alone.push_back(cycles_alone(scenario, prepared, i, options));
  ServiceTimeline timeline(scenario, prepared, options.timelines);
  ServiceOptions service;
  service.observer = &timeline;
  service.progress = options.progress;
  const ServiceOutcome outcome = run_service(scenario, prepared, plan_of(scenario, alone), service);
  timeline.close();
  return {make_serve_report(scenario, prepared, alone, outcome), requests_csv(scenario, outcome)};
}

}  // namespace systolith
