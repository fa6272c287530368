#include "sim/serve/serve.h"

#include <cmath>

#include "sim/serve/divide.h"
#include "sim/serve/service_timeline.h"

namespace systolith {
namespace {

// The next request as soon as the last one has been carried out.
class BackToBack final : public ArrivalProcess {
 public:
  std::optional<Femtoseconds> next(Femtoseconds now) override { return now; }
  bool closed() const override { return true; }
};

// Requests are measured alone for so long: DRAM's refreshes, every few microseconds, come in it as
// often as they do in a service.
constexpr double kMeasuredSeconds = 1e-3;

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

// Mean cycles of so many requests, one behind the other.
double cycles_of_requests(const Scenario& scenario, const PreparedScenario& prepared,
                          std::size_t tenant, std::int64_t requests, const ServeOptions& options) {
  ServicePlan plan = empty_plan(scenario);
  plan.arrivals[tenant] = std::make_unique<BackToBack>();
  plan.requests[tenant] = requests;
  ServiceOptions service;
  if (options.progress)  // not yet the service itself, but it must be possible to interrupt it
    service.progress = [&](Cycles now, double) { return options.progress(now, 0); };
  const ServiceOutcome outcome = run_service(scenario, prepared, std::move(plan), service);
  std::int64_t cycles = 0;
  for (const Request& request : outcome.tenants[tenant].requests)
    cycles += (request.finish - request.start).count();
  return static_cast<double>(cycles) / static_cast<double>(requests);
}

double cycles_alone(const Scenario& scenario, const PreparedScenario& prepared, std::size_t tenant,
                    const ServeOptions& options) {
  const double first = cycles_of_requests(scenario, prepared, tenant, 1, options);
  const double measured = kMeasuredSeconds * static_cast<double>(scenario.machine.clock.count());
  if (first >= measured) return first;
  const auto requests = static_cast<std::int64_t>(std::ceil(measured / first));
  return cycles_of_requests(scenario, prepared, tenant, requests, options);
}

// Arrivals at `load` of what the tenant could do alone; parts per million.
std::int64_t microhertz_of(const Machine& machine, std::int64_t load, double alone) {
  return std::llround(static_cast<double>(load) * static_cast<double>(machine.clock.count()) /
                      alone);
}

ServicePlan plan_of(const Scenario& scenario, const std::vector<double>& alone) {
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
  std::vector<double> alone;
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
