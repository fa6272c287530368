// A tenant that reaches outside its part of the machine is stopped before a byte moves, and nobody
// else notices.
#include <gtest/gtest.h>

#include "sim/serve/divide.h"
#include "tests/unit/sim_serve/service_fixture.h"
#include "tests/unit/sim_system/program_builder.h"
#include "traces/format/files.h"

namespace systolith {
namespace {

constexpr const char* kVictim =
    "  - {name: victim, workload: \"mlp:hidden=64\", cores: [0], dram: {share: 50%},\n"
    "     arrivals: {kind: periodic, rate: 100000/s, requests: 20}}\n";

std::string scenario(const std::string& tenants) {
  return "machine: edge_npu\nset: {core.count: 2}\nisolation: strict\ntenants:\n" + tenants;
}

// A tenant on core 1 that runs `program`.
std::string intruder(const std::string& program) {
  return fmt::format(
      "  - {{name: intruder, workload: {}, cores: [1], scratchpad: 50%, dram: {{share: 50%}},\n"
      "     arrivals: {{kind: periodic, rate: 100000/s, requests: 5}}}}\n",
      program);
}

class Intrusion : public ::testing::Test {
 protected:
  // What the intruder's machine looks like, to build programs for.
  Machine own_machine() {
    const Scenario s =
        parse_scenario(scenario(std::string(kVictim) + intruder("mlp")), "s.yaml", {});
    return machine_of(s.machine, divide(s), 1);
  }

  Served serve_with(const Program& program) {
    write_text_file(program, folder / "intruder.trace");
    ServeTimelines timelines;
    timelines.tenant = {folder / "victim.json", folder / "intruder.json"};
    timelines.detail = TimelineDetail::commands;
    return serve_text(scenario(kVictim + intruder("intruder.trace")), folder, timelines);
  }

  std::string victim_alone() {
    ServeTimelines timelines;
    timelines.tenant = {folder / "alone.json"};
    timelines.detail = TimelineDetail::commands;
    serve_text(scenario(kVictim), folder, timelines);
    return contents(folder / "alone.json");
  }

  void expect_stopped(const Program& program, const std::string& message) {
    const Served served = serve_with(program);
    const TenantReport& tenant = served.report.tenants[1];
    ASSERT_TRUE(tenant.fault) << message;
    EXPECT_EQ(tenant.fault->message, message);
    EXPECT_EQ(tenant.fault->request, 0);
    EXPECT_EQ(tenant.completed, 1);  // the one that was stopped, and no other
    EXPECT_FALSE(served.report.tenants[0].fault);
    EXPECT_EQ(served.report.tenants[0].completed, 20);
    EXPECT_EQ(contents(folder / "victim.json"), victim_alone());
  }

  testing::ScratchFolder folder;
};

TEST_F(Intrusion, AllowedProgramsRun) {
  ProgramBuilder builder(own_machine());
  builder.add(transfer<Load>(0, 0, 4096));
  const Served served = serve_with(builder.program());
  EXPECT_FALSE(served.report.tenants[1].fault);
  EXPECT_EQ(served.report.tenants[1].completed, 5);
  EXPECT_EQ(served.report.tenants[1].dram_bytes, 5 * 4096);
}

TEST_F(Intrusion, BeyondItsDram) {
  const Machine own = own_machine();
  ProgramBuilder builder(own);
  const auto end = static_cast<std::uint64_t>(own.dram.capacity().count());
  builder.add(transfer<Load>(end - 64, 0, 65));
  expect_stopped(builder.program(),
                 fmt::format("program does not fit the machine: core1 command 0 (load) reaches "
                             "bytes {} to {} of the DRAM, which has {}",
                             end - 64, end, end));
}

TEST_F(Intrusion, BeyondItsPartOfTheScratchpadThoughTheCoreHasMore) {
  ProgramBuilder builder(own_machine());
  builder.add(transfer<Store>(0, 262'144 - 63, 64));
  expect_stopped(builder.program(),
                 "program does not fit the machine: core1 command 0 (store) reaches bytes 262081 "
                 "to 262144 of the scratchpad, which has 262144");
}

TEST_F(Intrusion, NothingOfItsProgramHappensAfterwards) {
  const Machine own = own_machine();
  ProgramBuilder builder(own);
  const auto end = static_cast<std::uint64_t>(own.dram.capacity().count());
  const CommandRef bad = builder.add(transfer<Load>(end, 0, 64));
  const CommandRef weights = builder.add(preload(0, 4, 4), {bad});
  builder.add(matmul(0, 4, 4, 4), {weights});
  builder.add(transfer<Store>(0, 0, 1 << 16), {bad});
  const Served served = serve_with(builder.program());
  EXPECT_TRUE(served.report.tenants[1].fault);
  EXPECT_EQ(served.report.tenants[1].dram_bytes, 0);
  EXPECT_EQ(served.report.tenants[1].macs, 0);
}

TEST_F(Intrusion, WeightsOfAnEarlierProgramAreNobodys) {
  ProgramBuilder builder(own_machine());
  Matmul op = matmul(0, 4, 4, 4);
  op.new_weights = false;
  builder.add(op);
  expect_stopped(
      builder.program(),
      "malformed program: core1 command 0 (matmul) keeps weights that were never loaded");
}

}  // namespace
}  // namespace systolith
