#include "sim/serve/serve_report.h"

#include <gtest/gtest.h>

#include "hw/arch/energy_keys.h"

namespace systolith {
namespace {

TEST(Distribution, PercentilesAreOfTheNearestRank) {
  std::vector<double> sample;
  for (int i = 200; i >= 1; --i) sample.push_back(i);
  const Distribution d = distribution_of(sample);
  EXPECT_DOUBLE_EQ(d.mean, 100.5);
  EXPECT_EQ(d.p50, 100);
  EXPECT_EQ(d.p95, 190);
  EXPECT_EQ(d.p99, 198);
  EXPECT_EQ(d.max, 200);
}

TEST(Distribution, OfOneAndOfNone) {
  const Distribution one = distribution_of({3});
  EXPECT_EQ(one.p50, 3);
  EXPECT_EQ(one.p99, 3);
  EXPECT_EQ(distribution_of({}).max, 0);
}

// Two requests, by hand: the first arrives at 1 us and takes 2 us, the second arrives at 2 us,
// waits until 3 us and takes 4 us with an interruption of 1 us. 1 GHz.
TEST(ServeReport, OfTwoRequestsByHand) {
  Scenario scenario;
  scenario.machine.clock = Hertz(1'000'000'000);
  TenantSpec spec;
  spec.name = "a";
  spec.arrivals.kind = "periodic";
  spec.target = Femtoseconds(3'000'000'000);
  scenario.tenants = {spec};
  PreparedScenario prepared;
  prepared.partition.parts.resize(1);
  ServiceOutcome outcome;
  outcome.total_cycles = Cycles(8000);
  TenantOutcome tenant;
  tenant.arrived = 2;
  tenant.requests = {{TenantId{}, 0, Cycles(1000), Cycles(1000), Cycles(3000), Cycles(0), 0},
                     {TenantId{}, 1, Cycles(2000), Cycles(3000), Cycles(7000), Cycles(1000), 1}};
  outcome.tenants = {tenant};
  for (const EnergyKey& key : kEnergyKeys)
    scenario.machine.energy.picojoules[std::string(key.name)] = 0;
  scenario.machine.dram.facts.extents.column_width = Bytes(64);
  scenario.machine.dram.facts.burst_cycles = Cycles(4);
  scenario.machine.dram.facts.clock = Hertz(1'000'000'000);
  const ServeReport report = make_serve_report(scenario, prepared, {2000}, outcome);
  const TenantReport& a = report.tenants[0];
  EXPECT_DOUBLE_EQ(a.latency.mean, 3.5e-6);
  EXPECT_DOUBLE_EQ(a.latency.max, 5e-6);
  EXPECT_DOUBLE_EQ(a.wait.mean, 0.5e-6);
  EXPECT_DOUBLE_EQ(a.service_mean, 3e-6);
  EXPECT_DOUBLE_EQ(a.slowdown, 1.5);
  EXPECT_DOUBLE_EQ(a.normalized_latency, 1.75);
  EXPECT_DOUBLE_EQ(a.satisfaction, 0.5);
  EXPECT_DOUBLE_EQ(a.throughput, 2 / 7e-6);
  EXPECT_DOUBLE_EQ(a.offered_rate, 2 / 2e-6);
  EXPECT_DOUBLE_EQ(a.suspended_seconds, 1e-6);
  EXPECT_EQ(a.preemptions, 1);
  EXPECT_EQ(requests_csv(scenario, outcome),
            "tenant,request,arrival_s,start_s,finish_s,suspended_s,preemptions\n"
            "a,0,1e-06,1e-06,3e-06,0,0\na,1,2e-06,3e-06,7e-06,1e-06,1\n");
}

}  // namespace
}  // namespace systolith
