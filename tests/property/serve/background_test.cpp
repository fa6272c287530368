// Training in the background of a service: the service hardly notices, the training goes on.
#include <gtest/gtest.h>

#include "tests/unit/sim_serve/service_fixture.h"

namespace systolith {
namespace {

std::string scenario(const std::string& others) {
  return "machine: edge_npu\npolicy: background\ntenants:\n"
         "  - {name: service, workload: \"resnet18:size=64\",\n"
         "     arrivals: {kind: poisson, load: 50%, requests: 120}}\n" +
         others;
}

constexpr const char* kLearner =
    "  - {name: learner, workload: lenet, batch: 8, mode: training, background: true,\n"
    "     arrivals: {kind: continuous}}\n";

TEST(Background, InferenceHardlyNoticesAndTrainingTakesWhatIsLeft) {
  const testing::ScratchFolder folder;
  const auto alone = serve_text(scenario(""), folder).report;
  const auto beside = serve_text(scenario(kLearner), folder).report;
  const TenantReport &before = alone.tenants[0], &after = beside.tenants[0];
  EXPECT_EQ(after.completed, before.completed);
  EXPECT_LT(after.latency.p99, before.latency.p99 * 1.05);
  EXPECT_LT(after.service_mean, before.service_mean * 1.01);
  // Half of the machine's time is left; what interruptions cost comes off it.
  const TenantReport& learner = beside.tenants[1];
  EXPECT_GT(learner.preemptions, 50);
  const double harvested = learner.throughput * learner.alone_seconds;
  EXPECT_GT(harvested, 0.3);
  EXPECT_LT(harvested, 0.55);
}

}  // namespace
}  // namespace systolith
