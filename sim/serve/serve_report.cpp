#include "sim/serve/serve_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/report/json_parts.h"
#include "sim/report/text_table.h"

namespace systolith {
namespace {

double seconds_of(const Machine& machine, Cycles cycles) {
  return static_cast<double>(cycles.count()) / static_cast<double>(machine.clock.count());
}

double mean_of(const std::vector<double>& sample) {
  const double sum = std::accumulate(sample.begin(), sample.end(), 0.0);
  return ratio(sum, static_cast<double>(sample.size()));
}

struct Times {
  std::vector<double> latency, wait, service;  // seconds, by request
};

Times times_of(const Machine& machine, const std::vector<Request>& requests) {
  Times times;
  for (const Request& request : requests) {
    times.latency.push_back(seconds_of(machine, request.finish - request.arrival));
    times.wait.push_back(seconds_of(machine, request.start - request.arrival));
    times.service.push_back(seconds_of(machine, request.finish - request.start));
  }
  return times;
}

void count_requests(const Machine& machine, const TenantSpec& spec, const TenantOutcome& outcome,
                    Cycles total, TenantReport& report) {
  report.arrived = outcome.arrived;
  report.completed = static_cast<std::int64_t>(outcome.requests.size());
  report.unfinished = outcome.unfinished;
  const bool open_ended = spec.open_ended();
  if (outcome.requests.empty() && !open_ended) return;
  const Cycles end = open_ended ? total : outcome.requests.back().finish;
  report.throughput =
      ratio(static_cast<double>(report.completed) + outcome.unfinished, seconds_of(machine, end));
  if (!open_ended)
    report.offered_rate = ratio(static_cast<double>(report.completed),
                                seconds_of(machine, outcome.requests.back().arrival));
  for (const Request& request : outcome.requests) {
    report.preemptions += request.preemptions;
    report.suspended_seconds += seconds_of(machine, request.suspended);
  }
}

TenantReport tenant_report(const Machine& machine, const TenantSpec& spec, const TenantPart& part,
                           const TenantOutcome& outcome, Cycles total, double alone) {
  TenantReport report;
  report.name = spec.name;
  report.workload = spec.workload.workload;
  report.mode = spec.workload.mode;
  report.cores = part.cores;
  count_requests(machine, spec, outcome, total, report);
  const Times times = times_of(machine, outcome.requests);
  report.latency = distribution_of(times.latency);
  report.wait = distribution_of(times.wait);
  report.service_mean = mean_of(times.service);
  report.alone_seconds = alone / static_cast<double>(machine.clock.count());
  report.slowdown = ratio(report.service_mean, report.alone_seconds);
  report.normalized_latency = ratio(report.latency.mean, report.alone_seconds);
  if (spec.target) {
    report.target = static_cast<double>(spec.target->count()) * 1e-15;
    const auto within = std::count_if(times.latency.begin(), times.latency.end(),
                                      [&](double latency) { return latency <= *report.target; });
    report.satisfaction = ratio(static_cast<double>(within), static_cast<double>(report.completed));
  }
  report.macs = outcome.macs;
  report.dram_bytes = outcome.dram_bytes;
  report.fault = outcome.fault;
  return report;
}

Json distribution_json(const Distribution& d) {
  return {{"mean", d.mean}, {"p50", d.p50}, {"p95", d.p95}, {"p99", d.p99}, {"max", d.max}};
}

Json fault_json(const std::optional<TenantFault>& fault) {
  if (!fault) return nullptr;
  return {{"request", fault->request},
          {"cycle", fault->cycle.count()},
          {"core", static_cast<int>(fault->core)},
          {"message", fault->message}};
}

Json tenant_json(const TenantReport& tenant) {
  return {{"name", tenant.name},
          {"workload", tenant.workload},
          {"mode", tenant.mode},
          {"cores", tenant.cores},
          {"arrived", tenant.arrived},
          {"completed", tenant.completed},
          {"unfinished", tenant.unfinished},
          {"offered_per_second", tenant.offered_rate},
          {"throughput_per_second", tenant.throughput},
          {"latency_seconds", distribution_json(tenant.latency)},
          {"wait_seconds", distribution_json(tenant.wait)},
          {"service_seconds", tenant.service_mean},
          {"alone_seconds", tenant.alone_seconds},
          {"slowdown", tenant.slowdown},
          {"normalized_latency", tenant.normalized_latency},
          {"target_seconds", tenant.target ? Json(*tenant.target) : Json(nullptr)},
          {"sla_satisfaction", tenant.target ? Json(tenant.satisfaction) : Json(nullptr)},
          {"preemptions", tenant.preemptions},
          {"suspended_seconds", tenant.suspended_seconds},
          {"macs", tenant.macs},
          {"dram_bytes", tenant.dram_bytes},
          {"fault", fault_json(tenant.fault)}};
}

std::string milliseconds(double seconds) { return fmt::format("{:.4g} ms", seconds * 1e3); }

}  // namespace

Distribution distribution_of(std::vector<double> sample) {
  if (sample.empty()) return {};
  const double mean = mean_of(sample);
  std::sort(sample.begin(), sample.end());
  const auto percentile = [&](double p) {
    const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(sample.size())));
    return sample[std::max<std::size_t>(rank, 1) - 1];
  };
  return {mean, percentile(0.5), percentile(0.95), percentile(0.99), sample.back()};
}

ServeReport make_serve_report(const Scenario& scenario, const PreparedScenario& prepared,
                              const std::vector<double>& alone, const ServiceOutcome& outcome) {
  const Machine& machine = scenario.machine;
  ServeReport report;
  static_cast<MachineReport&>(report) = machine_report(machine, outcome);
  report.scenario = scenario.name;
  report.policy = scenario.policy;
  report.isolation = scenario.strict ? "strict" : "none";
  for (std::size_t i = 0; i < scenario.tenants.size(); ++i)
    report.tenants.push_back(tenant_report(machine, scenario.tenants[i],
                                           prepared.partition.parts[i], outcome.tenants[i],
                                           outcome.total_cycles, alone[i]));
  return report;
}

std::string to_json(const ServeReport& report, const HostReport& host) {
  Json tenants = Json::array();
  for (const TenantReport& tenant : report.tenants) tenants.push_back(tenant_json(tenant));
  Json json = {{"version", kReportVersion},
               {"scenario", report.scenario},
               {"machine", report.machine},
               {"policy", report.policy},
               {"isolation", report.isolation},
               {"clock_hz", report.clock.count()},
               {"total_cycles", report.total_cycles.count()},
               {"seconds", report.seconds},
               {"macs", report.macs},
               {"array_utilization", report.array_utilization},
               {"tenants", std::move(tenants)}};
  add_machine_sections(report, json);
  json["host"] = host_json(host);
  return json.dump(2) + "\n";
}

std::string to_text(const ServeReport& report) {
  constexpr auto kLeft = TextTable::Align::left;
  TextTable table({{"tenant", kLeft},
                   {"done"},
                   {"per second"},
                   {"mean"},
                   {"p50"},
                   {"p95"},
                   {"p99"},
                   {"in target"},
                   {"slowdown"},
                   {"preempted"},
                   {"MACs"},
                   {"DRAM"}});
  std::string faults;
  for (const TenantReport& tenant : report.tenants) {
    const std::string done = fmt::format("{}/{}", tenant.completed, tenant.arrived);
    table.add({tenant.name, done, fmt::format("{:.5g}", tenant.throughput),
               milliseconds(tenant.latency.mean), milliseconds(tenant.latency.p50),
               milliseconds(tenant.latency.p95), milliseconds(tenant.latency.p99),
               tenant.target ? percent(tenant.satisfaction) : "-",
               fmt::format("{:.3f}", tenant.slowdown), with_thousands(tenant.preemptions),
               human_si(static_cast<double>(tenant.macs)), human_bytes(tenant.dram_bytes)});
    if (tenant.fault)
      faults += fmt::format("tenant '{}' was stopped at cycle {} in its request {}: {}\n",
                            tenant.name, with_thousands(tenant.fault->cycle.count()),
                            tenant.fault->request, tenant.fault->message);
  }
  return fmt::format(
      "Tenants (latency from arrival to end; slowdown of the service against alone)\n{}\n{}"
      "{} on {}: {}, isolation {}: {} cycles, {}, array {} used, DRAM {}\n",
      table.text(), faults, report.scenario, report.machine, report.policy, report.isolation,
      with_thousands(report.total_cycles.count()), milliseconds(report.seconds),
      percent(report.array_utilization), percent(report.bandwidth_fraction));
}

std::string requests_csv(const Scenario& scenario, const ServiceOutcome& outcome) {
  std::string csv = "tenant,request,arrival_s,start_s,finish_s,suspended_s,preemptions\n";
  const auto seconds = [&](Cycles cycles) { return seconds_of(scenario.machine, cycles); };
  for (std::size_t i = 0; i < outcome.tenants.size(); ++i)
    for (const Request& request : outcome.tenants[i].requests)
      csv += fmt::format("{},{},{},{},{},{},{}\n", scenario.tenants[i].name, request.number,
                         seconds(request.arrival), seconds(request.start), seconds(request.finish),
                         seconds(request.suspended), request.preemptions);
  return csv;
}

}  // namespace systolith
