// Tenants that share one array in space: what do they see of each other, and what is it good for?
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/sim_serve/service_fixture.h"

namespace systolith {
namespace {

std::string scenario(const char* isolation, const std::string& tenants) {
  return fmt::format(
      "machine: edge_npu\nset: {{core.array.partition: 2x1}}\nisolation: {}\ntenants:\n{}",
      isolation, tenants);
}

std::string other(std::mt19937& random) {
  using Words = std::vector<const char*>;
  const auto pick = [&](const Words& words) { return words[random() % words.size()]; };
  return fmt::format(
      "  - {{name: other, workload: \"{}\", batch: {}, mode: {}, cores: [1], dram: {{share: "
      "60%}},\n"
      "     arrivals: {}}}\n",
      pick({"lenet", "mlp:hidden=128", "mlp:hidden=512"}), 1 + random() % 3,
      pick({"inference", "training"}),
      pick({"{kind: continuous}", "{kind: poisson, rate: 20000/s, requests: 30}"}));
}

constexpr const char* kVictim =
    "  - {name: victim, workload: lenet, cores: [0], dram: {share: 40%},\n"
    "     arrivals: {kind: poisson, rate: 9000/s, requests: 5}}\n";

std::string timeline_of_victim(const std::string& text, std::size_t tenants) {
  const testing::ScratchFolder folder;
  ServeTimelines timelines;
  timelines.detail = TimelineDetail::commands;
  for (std::size_t i = 0; i < tenants; ++i)
    timelines.tenant.push_back(folder / fmt::format("{}.json", i));
  serve_text(text, folder, timelines);
  return contents(timelines.tenant[0]);
}

TEST(SubArrayIsolation, StrictTimelinesAreTheSameToTheByteAloneAndBesideTenOthers) {
  const std::string alone = timeline_of_victim(scenario("strict", kVictim), 1);
  EXPECT_GT(alone.size(), 10'000U);
  std::mt19937 random(5);
  for (int i = 0; i < 10; ++i) {
    const std::string neighbour = other(random);
    ASSERT_TRUE(alone == timeline_of_victim(scenario("strict", kVictim + neighbour), 2))
        << "beside " << neighbour;
  }
}

// So that the test above can fail.
TEST(SubArrayIsolation, WithoutItOthersShow) {
  std::mt19937 random(5);
  const std::string a = timeline_of_victim(scenario("none", kVictim + other(random)), 2);
  const std::string b = timeline_of_victim(scenario("none", kVictim + other(random)), 2);
  EXPECT_FALSE(a == b);
}

TEST(SubArrayTenants, MayHaveSubArraysOfDifferentShapes) {
  const testing::ScratchFolder folder;
  const Served served = serve_text(
      "machine: edge_npu\n"
      "set: {core.array.partition: [{rows: 16, cols: 32},\n"
      "                             {row: 16, rows: 16, cols: 16, share: 1/2}]}\n"
      "isolation: strict\ntenants:\n"
      "  - {name: a, workload: lenet, cores: [0], dram: {share: 50%},\n"
      "     arrivals: {kind: continuous, requests: 2}}\n"
      "  - {name: b, workload: lenet, cores: [1], dram: {share: 50%},\n"
      "     arrivals: {kind: continuous, requests: 2}}\n",
      folder);
  EXPECT_EQ(served.report.tenants[0].macs, served.report.tenants[1].macs);
  EXPECT_LT(served.report.tenants[0].service_mean, served.report.tenants[1].service_mean);
  EXPECT_EQ(served.report.engines[0].name, "core0.0.command_processor");
}

// Convolutions of 12 channels fill 12 of the columns; halves of 16 columns lose nothing by that.
TEST(SubArrayTenants, LayersSmallerThanTheArrayAreDoneSoonerSideBySide) {
  const testing::ScratchFolder folder;
  const auto cycles = [&](const char* partition, const char* first, const char* second) {
    const auto tenant = [](char name, const char* cores) {
      return fmt::format(
          "  - {{name: {}, workload: \"conv:in=12,out=12,size=28\", quantize: int8,\n"
          "     cores: {}, arrivals: {{kind: continuous, requests: 8}}}}\n",
          name, cores);
    };
    return serve_text(
               fmt::format("machine: edge_npu\nset: {{core.array.partition: {}}}\ntenants:\n",
                           partition) +
                   tenant('a', first) + tenant('b', second),
               folder)
        .report.total_cycles;
  };
  // Half, and what two tenants at once lose in DRAM to rows closed on each other.
  EXPECT_LT(cycles("1x2", "[0]", "[1]").count() * 100, cycles("1x1", "[0]", "[0]").count() * 65);
}

}  // namespace
}  // namespace systolith
