// Tenants that take turns on the same cores compute what they compute by themselves, wherever they
// are interrupted; values change no timing.
#include <gtest/gtest.h>

#include "compiler/quantize/calibration.h"
#include "sim/serve/service.h"
#include "sim/system/tensor_values.h"

namespace systolith {
namespace {

TensorBytes seeded(const ProgramHeader& header, std::uint64_t seed) {
  TensorBytes inputs;
  for (const ProgramTensor& tensor : header.tensors) {
    if (tensor.role != TensorRole::input) continue;
    std::vector<std::uint8_t>& bytes = inputs[tensor.name];
    for (std::int64_t i = 0; i < tensor.bytes; ++i) {
      seed = seed * 6364136223846793005U + 1442695040888963407U;
      // bf16 of moderate size: the exponent's byte is kept near that of 1; labels are class 0.
      const bool high = i % 2 == 1;
      const auto noise = static_cast<std::uint8_t>(seed >> 56);
      bytes.push_back(tensor.format == Format::bf16   ? (high ? 0x3E + noise % 2 : noise)
                      : tensor.format == Format::int8 ? noise
                                                      : 0);
    }
  }
  return inputs;
}

ServicePlan plan_of(const Scenario& scenario) {
  ServicePlan plan;
  for (const TenantSpec& tenant : scenario.tenants) {
    plan.arrivals.push_back(
        registration<ArrivalProcess>(tenant.arrivals.kind).create(tenant.arrivals));
    plan.requests.push_back(tenant.requests);
  }
  return plan;
}

std::int64_t preemptions(const TenantOutcome& tenant) {
  std::int64_t sum = 0;
  for (const Request& request : tenant.requests) sum += request.preemptions;
  return sum;
}

// Serves the scenario with values and compares what every tenant ends with with a run of its own on
// a machine that is its part. States begin anew in each request only where there is one request.
void expect_values_of_their_own(const std::string& text) {
  const Scenario scenario = parse_scenario(text, "s.yaml", {});
  const PreparedScenario prepared = prepare(scenario, true);
  ServiceOptions options;
  options.values = true;
  for (std::size_t i = 0; i < prepared.tenants.size(); ++i)
    options.inputs.push_back(seeded(prepared.tenants[i].program.header, i + 1));
  const ServiceOutcome served = run_service(scenario, prepared, plan_of(scenario), options);
  EXPECT_GT(preemptions(served.tenants[0]), 2);
  for (std::size_t i = 0; i < prepared.tenants.size(); ++i) {
    ProgramSource source(prepared.tenants[i].program);
    RunOptions alone;
    alone.values = true;
    const RunResult run = simulate(machine_of(scenario.machine, prepared.partition, i), source,
                                   alone, options.inputs[i]);
    EXPECT_TRUE(run.outputs == served.tenants[i].outputs) << scenario.tenants[i].name;
  }
  const ServiceOutcome timed = run_service(scenario, prepared, plan_of(scenario), {});
  EXPECT_EQ(timed.total_cycles, served.total_cycles);
  EXPECT_EQ(timed.dram.bytes_read, served.dram.bytes_read);
}

constexpr const char* kVisitor =
    "  - {name: visitor, workload: \"mlp:hidden=64\", cores: [0],\n"
    "     arrivals: {kind: periodic, rate: 40000/s, requests: 30}}\n";

std::string head(const char* preemption) {
  return fmt::format(
      "machine: edge_npu\nset: {{core.count: 2, core.scratchpad.capacity: 64KiB}}\n"
      "policy: background\npreemption: {}\ntenants:\n",
      preemption);
}

TEST(SharedValues, AnInterruptedInferenceIsExact) {
  for (const char* preemption : {"tile", "layer"})
    expect_values_of_their_own(
        head(preemption) +
        "  - {name: patient, workload: \"squeezenet:size=64\", cores: [0],\n"
        "     background: true, arrivals: {kind: continuous, requests: 2}}\n" +
        kVisitor);
}

TEST(SharedValues, AnInterruptedTrainingStepIsExact) {
  for (const char* preemption : {"tile", "layer"})
    expect_values_of_their_own(head(preemption) +
                               "  - {name: learner, workload: lenet, batch: 4, cores: [0],\n"
                               "     mode: training, background: true,\n"
                               "     arrivals: {kind: continuous, requests: 1}}\n" +
                               kVisitor);
}

TEST(SharedValues, AJobOnTwoCoresStopsOnBoth) {
  for (const char* preemption : {"tile", "layer"})
    expect_values_of_their_own(
        head(preemption) +
        "  - {name: patient, workload: \"squeezenet:size=64\", cores: [1, 0],\n"
        "     background: true, arrivals: {kind: continuous, requests: 2}}\n" +
        kVisitor);
}

TEST(SharedValues, SharesOfTheScratchpadStayWhereTheyAre) {
  const std::string text = head("tile") +
                           "  - {name: patient, workload: \"squeezenet:size=64\", cores: [0],\n"
                           "     scratchpad: 50%, background: true,\n"
                           "     arrivals: {kind: continuous, requests: 2}}\n" +
                           kVisitor;
  const Scenario scenario = parse_scenario(text, "s.yaml", {});
  EXPECT_FALSE(prepare(scenario).tenants[0].context);
  expect_values_of_their_own(text);
}

}  // namespace
}  // namespace systolith
