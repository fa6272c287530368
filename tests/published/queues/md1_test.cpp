// Poisson arrivals at one server with constant service, against the exact results of queueing
// theory: Pollaczek-Khinchine for the mean wait, W = load / (2 (1 - load)) service times, and the
// 99th percentile of the response (Erlang 1909; Tijms, "A First Course in Stochastic Models",
// 2003).
#include <gtest/gtest.h>

#include "tests/unit/sim_serve/service_fixture.h"

namespace systolith {
namespace {

struct Case {
  int percent;
  double wait, response_p99;  // in service times
};

class OneServer : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Loads, OneServer,
                         ::testing::Values(Case{50, 0.5, 4.34}, Case{70, 1.167, 7.49},
                                           Case{80, 2.0, 11.39}));

TEST_P(OneServer, WaitsAsQueueingTheorySays) {
  const testing::ScratchFolder folder;
  const auto served = serve_text(
      fmt::format("machine: edge_npu\ntenants:\n  - name: server\n    workload: "
                  "\"gemm:m=8,k=64,n=64\"\n    arrivals: {{kind: poisson, load: {}%, requests: "
                  "100000}}\n",
                  GetParam().percent),
      folder);
  const TenantReport& tenant = served.report.tenants[0];
  EXPECT_EQ(tenant.completed, 100'000);
  // Service is constant but for DRAM: refreshes, and rows that are still open or not.
  EXPECT_NEAR(tenant.slowdown, 1, 0.015);
  // Three standard errors of 100,000 correlated waits at these loads are 3 to 8 %.
  const double tolerance = GetParam().percent < 80 ? 0.03 : 0.08;
  EXPECT_NEAR(tenant.wait.mean / tenant.service_mean, GetParam().wait, GetParam().wait * tolerance);
  EXPECT_NEAR(tenant.latency.p99 / tenant.service_mean, GetParam().response_p99,
              GetParam().response_p99 * 0.05);
}

}  // namespace
}  // namespace systolith
