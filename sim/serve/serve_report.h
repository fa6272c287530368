// What serving a scenario says: plain data, everything simulated and deterministic.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/report/json.h"
#include "sim/serve/service.h"

namespace systolith {

// Of a sample; percentiles by nearest rank. All 0 where it is empty.
struct Distribution {
  double mean = 0, p50 = 0, p95 = 0, p99 = 0, max = 0;
};
Distribution distribution_of(std::vector<double> sample);

struct TenantReport {
  std::string name, workload, mode;
  std::vector<std::int64_t> cores;
  std::int64_t arrived = 0, completed = 0;
  // Of completed requests, and the share of the one under way, by the time to the last one's end
  // or, of open-ended tenants, to the service's.
  double throughput = 0;          // per second
  double offered_rate = 0;        // arrivals per second up to the last one; 0 of closed arrivals
  Distribution latency;           // seconds from arrival to end
  Distribution wait;              // seconds from arrival to the first command
  double service_mean = 0;        // seconds from the first command to the end
  double alone_seconds = 0;       // the same of a request with the machine's other tenants away
  double slowdown = 0;            // service_mean / alone_seconds
  double normalized_latency = 0;  // latency.mean / alone_seconds
  std::optional<double> target;   // seconds
  double satisfaction = 0;        // share of the completed requests within the target
  std::int64_t preemptions = 0;
  double suspended_seconds = 0;  // in all
  double unfinished = 0;         // share of the request under way at the end
  std::int64_t macs = 0, dram_bytes = 0;
  std::optional<TenantFault> fault;
};

struct ServeReport : MachineReport {
  std::string scenario, policy, isolation;
  std::vector<TenantReport> tenants;
};

// `alone`: mean cycles of a request of each tenant by itself.
ServeReport make_serve_report(const Scenario& scenario, const PreparedScenario& prepared,
                              const std::vector<double>& alone, const ServiceOutcome& outcome);

// Tenants first, then engines, DRAM and energy as in report.json. Ends in a newline.
std::string to_json(const ServeReport& report, const HostReport& host);
std::string to_text(const ServeReport& report);
// A row for each request that was carried out, by tenant and number: tenant, request, arrival_s,
// start_s, finish_s, suspended_s, preemptions.
std::string requests_csv(const Scenario& scenario, const ServiceOutcome& outcome);

}  // namespace systolith
