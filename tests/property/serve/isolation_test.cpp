// What tenants see of each other: under strict isolation nothing, else each other's traffic.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/sim_serve/service_fixture.h"

namespace systolith {
namespace {

std::string head(const char* isolation) {
  return fmt::format(
      "machine: edge_npu\nset: {{core.count: 3, memory.0.name: l2}}\n"
      "isolation: {}\ntenants:\n",
      isolation);
}

std::string victim(const char* dram) {
  return fmt::format(
      "  - {{name: victim, workload: lenet, cores: [0], dram: {},\n"
      "     levels: 50%, arrivals: {{kind: poisson, rate: 9000/s, requests: 5}}}}\n",
      dram);
}

std::string random_tenant(std::mt19937& random, const char* dram) {
  const auto pick = [&](auto list) { return *(std::begin(list) + random() % list.size()); };
  using Words = std::initializer_list<const char*>;
  return fmt::format(
      "  - {{name: other, workload: \"{}\", batch: {}, cores: {}, dram: {}, levels: {},\n"
      "     mode: {}, arrivals: {}}}\n",
      pick(Words{"lenet", "mlp:hidden=128", "mlp:hidden=512"}), 1 + random() % 3,
      pick(Words{"[1]", "[2]", "[1, 2]"}), dram, pick(Words{"20%", "50%"}),
      pick(Words{"inference", "training"}),
      pick(Words{"{kind: continuous}", "{kind: poisson, rate: 20000/s, requests: 30}",
                 "{kind: periodic, rate: 9999/s, requests: 9}"}));
}

// The victim's timeline, every command of it.
std::string timeline_of_victim(const std::string& scenario, std::size_t at, std::size_t tenants) {
  const testing::ScratchFolder folder;
  ServeTimelines timelines;
  timelines.detail = TimelineDetail::commands;
  for (std::size_t i = 0; i < tenants; ++i)
    timelines.tenant.push_back(folder / fmt::format("{}.json", i));
  serve_text(scenario, folder, timelines);
  return contents(timelines.tenant[at]);
}

class Isolation : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};
INSTANTIATE_TEST_SUITE_P(Dram, Isolation,
                         ::testing::Values(std::pair("{channels: [1]}", "{channels: [0]}"),
                                           std::pair("{share: 30%}", "{share: 70%}")));

TEST_P(Isolation, StrictTimelinesAreTheSameToTheByteAloneAndBesideTwentyOthers) {
  const auto [own, others] = GetParam();
  const std::string alone = timeline_of_victim(head("strict") + victim(own), 0, 1);
  EXPECT_GT(alone.size(), 10'000U);
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    const std::string other = random_tenant(random, others);
    const bool first = i % 2 == 0;
    const std::string beside = timeline_of_victim(
        head("strict") + (first ? victim(own) + other : other + victim(own)), first ? 0 : 1, 2);
    ASSERT_TRUE(alone == beside) << "beside " << other;
  }
}

// So that the test above can fail.
TEST(Sharing, WithoutIsolationOthersShow) {
  std::mt19937 random(7);
  const std::string a = timeline_of_victim(
      head("none") + victim("{share: 30%}") + random_tenant(random, "{share: 70%}"), 0, 2);
  const std::string b = timeline_of_victim(
      head("none") + victim("{share: 30%}") + random_tenant(random, "{share: 70%}"), 0, 2);
  EXPECT_FALSE(a == b);
}

TEST(Sharing, TwoMemoryBoundTenantsSlowEachOther) {
  const testing::ScratchFolder folder;
  const auto tenant = [](int core) {
    return fmt::format(
        "  - {{name: t{0}, workload: \"gemm:m=16,k=2048,n=2048\", cores: [{0}],\n"
        "     arrivals: {{kind: continuous, requests: 3}}}}\n",
        core);
  };
  const std::string machine = "machine: edge_npu\nset: {core.count: 2, dram.channels: 1}\n";
  const auto both = serve_text(machine + "tenants:\n" + tenant(0) + tenant(1), folder);
  for (const TenantReport& report : both.report.tenants) {
    EXPECT_GT(report.slowdown, 1.5) << report.name;
    EXPECT_LT(report.slowdown, 2.3)
        << report.name;  // 2, and the rows that they close on each other
  }
}

// Bytes and products are somebody's, and all that arrived is accounted for.
TEST(Sharing, WhatTheMachineDidIsTheSumOfWhatItsTenantsDid) {
  std::mt19937 random(11);
  for (const char* policy : {"first_come", "priority", "background"}) {
    const testing::ScratchFolder folder;
    const auto served = serve_text(
        fmt::format("machine: edge_npu\npolicy: {}\ntenants:\n"
                    "  - {{name: a, workload: \"squeezenet:size=64\", background: true,\n"
                    "     arrivals: {{kind: continuous, requests: 8}}}}\n"
                    "  - {{name: b, workload: \"mlp:hidden=64\", priority: 2,\n"
                    "     arrivals: {{kind: poisson, rate: 20000/s, requests: 40}}}}\n"
                    "  - {{name: c, workload: mlp, mode: training, priority: 1,\n"
                    "     arrivals: {{kind: periodic, rate: 5000/s, requests: 5}}}}\n",
                    policy),
        folder);
    std::int64_t macs = 0, bytes = 0, preemptions = 0;
    for (const TenantReport& tenant : served.report.tenants) {
      EXPECT_EQ(tenant.completed, tenant.arrived);
      EXPECT_GE(tenant.slowdown, 0.99) << tenant.name;
      macs += tenant.macs;
      bytes += tenant.dram_bytes;
      preemptions += tenant.preemptions;
    }
    EXPECT_EQ(macs, served.report.macs);
    EXPECT_EQ(bytes, served.report.dram.bytes_read + served.report.dram.bytes_written);
    EXPECT_EQ(preemptions > 0, policy == std::string("background"));
  }
}

}  // namespace
}  // namespace systolith
