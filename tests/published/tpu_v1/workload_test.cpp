// Google's first TPU at work: Jouppi et al., "In-Datacenter Performance Analysis of a Tensor
// Processing Unit", ISCA 2017. Of MLP0 (five fully connected layers, 20 M weights, batch 200; its
// shape beyond that is not published) its table of counters says what the matrix unit's cycles go
// to. Of LSTMs it says what a 600 x 600 matrix takes on arrays of 256 x 256 and 512 x 512.
// docs/validation.md says which of this follows from what.
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "hw/arch/read_machine.h"
#include "models/zoo/zoo.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"

namespace systolith {
namespace {

constexpr double kClock = 700e6;

RunResult run(const std::string& workload, const std::vector<std::string>& overrides = {}) {
  const Machine machine = read_machine("tpu_v1", overrides, vocabulary());
  CompileOptions options;
  options.float_inputs = options.quantize_outputs = true;
  const Compiled compiled = compile(build_zoo(parse_zoo_spec(workload)), machine, options);
  ProgramSource source(compiled.program);
  return simulate(machine, source, {}, {});
}

const Activity& array_of(const RunResult& result) {
  for (const EngineReport& engine : result.engines)
    if (engine.name == "core0.array") return engine.activity;
  throw std::logic_error("no array");
}

// In percent of the run.
double share(const RunResult& result, std::initializer_list<Cause> causes) {
  Cycles spent;
  for (const Cause cause : causes) spent += array_of(result).spent(cause);
  return 100.0 * static_cast<double>(spent.count()) /
         static_cast<double>(result.total_cycles.count());
}

TEST(TpuV1, CyclesOfTheMatrixUnitOnMlp0) {
  const RunResult result = run("mlp:in=2000,hidden=2000,classes=2000,depth=4,batch=200");
  const double active = share(result, {Cause::busy}), shift = share(result, {Cause::weight_load});
  const double stall = share(result, {Cause::dram, Cause::row_miss, Cause::dram_queue});
  EXPECT_NEAR(active, 12.7, 3);
  EXPECT_NEAR(stall, 53.9, 3);
  EXPECT_NEAR(shift, 15.9, 3);
  EXPECT_NEAR(100 - active - stall - shift, 17.5, 3);
  const double seconds = static_cast<double>(result.total_cycles.count()) / kClock;
  EXPECT_NEAR(2 * static_cast<double>(result.macs) / seconds / 1e12, 12.3, 0.15 * 12.3);
}

// "Memory bandwidth is what counts": four times as much gives three times the mean performance, a
// four times faster clock next to nothing to the fully connected networks.
TEST(TpuV1, Mlp0GainsFromBandwidthAndNotFromTheClock) {
  const std::string mlp0 = "mlp:in=2000,hidden=2000,classes=2000,depth=4,batch=200";
  const double as_built = run(mlp0).seconds;
  EXPECT_NEAR(as_built / run(mlp0, {"dram.channels=8"}).seconds, 3, 0.5);
  EXPECT_NEAR(as_built / run(mlp0, {"clock=2800MHz"}).seconds, 1, 0.05);
}

// A matrix among others, so that the next one's weights come behind it.
double microseconds_of_a_matrix(const std::vector<std::string>& overrides) {
  const RunResult result = run("mlp:in=600,hidden=600,classes=600,depth=4,batch=64", overrides);
  return 1e6 * static_cast<double>(result.layers[3].cycles.count()) / kClock;
}

TEST(TpuV1, AMatrixOf600Takes18Microseconds) { EXPECT_NEAR(microseconds_of_a_matrix({}), 18, 1.8); }

// Tiles of 256 KiB: four of them hold what nine of 64 KiB did.
TEST(TpuV1, OnFourTimesTheArrayItTakes32) {
  EXPECT_NEAR(microseconds_of_a_matrix({"core.array.rows=512", "core.array.cols=512",
                                        "core.weight_scratchpad.capacity=1MiB"}),
              32, 3.2);
}

}  // namespace
}  // namespace systolith
