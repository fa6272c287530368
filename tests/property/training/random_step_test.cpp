// A training step on random machines: the simulated values are the reference interpreter's to the
// bit, and the graph's to rounding; recomputing activations changes no bit.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "compiler/compile.h"
#include "compiler/kernels/interpret.h"
#include "hw/arch/read_machine.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"
#include "tests/property/training/random_network.h"
#include "tests/property/whole_way/laws.h"
#include "tests/property/whole_way/random_case.h"

namespace systolith {
namespace {

using testing::Draw;
using testing::expect_causes_sum;
using testing::expect_same_timing;
using testing::random_batch;
using testing::RandomNetwork;

constexpr unsigned kShards = 10, kCasesPerShard = 8;

CompileOptions training(const std::string& optimizer, const std::string& remat, Format format) {
  CompileOptions options;
  options.format = format;
  options.with_values = true;
  options.training.emplace();
  options.training->optimizer = optimizer;
  options.training->remat = remat;
  return options;
}

std::optional<Compiled> compiled_if_it_fits(const Graph& graph, const Machine& machine,
                                            const CompileOptions& options) {
  try {
    return compile(graph, machine, options);
  } catch (const UserError& error) {
    // Nothing else may be wrong with these networks.
    EXPECT_NE(std::string(error.what()).find("smallest tile"), std::string::npos) << error.what();
    return std::nullopt;
  }
}

TensorBytes codes_of(const KernelGraph& kernels, const TensorMap& values) {
  TensorBytes codes;
  for (const KernelTensor& tensor : kernels.tensors)
    if (tensor.is_input) codes[tensor.name] = to_codes(tensor, values.at(tensor.name));
  return codes;
}

RunResult run(const Machine& machine, const Compiled& compiled, bool values,
              const TensorBytes& inputs) {
  ProgramSource source(compiled.program);
  RunOptions options;
  options.values = values;
  return simulate(machine, source, options, inputs);
}

class RandomStep : public ::testing::TestWithParam<unsigned> {};

TEST_P(RandomStep, ValuesEqualTheReferenceInterpreterAndEveryLawHolds) {
  unsigned ran = 0;
  for (unsigned i = 0; i < kCasesPerShard; ++i) {
    const unsigned seed = GetParam() * kCasesPerShard + i;
    Draw draw(seed);
    const std::string yaml = testing::random_machine_yaml(draw);
    const std::string holds_weights =
        draw.of<const char*>({"weight_stationary", "[weight_stationary, output_stationary]"});
    const Machine machine =
        parse_machine(yaml, "random.yaml", {"core.array.dataflow=" + holds_weights}, vocabulary());
    const Graph network = RandomNetwork(seed).build();
    const auto options = training(draw.of<const char*>({"momentum", "adam", "sgd"}),
                                  draw.of<const char*>({"keep_all", "sqrt"}),
                                  draw.of<Format>({Format::bf16, Format::fp32}));
    const auto compiled = compiled_if_it_fits(network, machine, options);
    if (!compiled) continue;
    ++ran;
    SCOPED_TRACE(fmt::format("seed {}\n{}\n{}", seed, yaml, to_text(compiled->kernels)));
    const TensorMap batch =
        random_batch(make_training_graph(network, *options.training).graph, seed + 1000);
    const TensorBytes inputs = codes_of(compiled->kernels, batch);
    const RunResult result = run(machine, *compiled, true, inputs);
    const CodeMap expected = interpret(compiled->kernels, inputs);
    for (const auto& [name, codes] : expected)
      EXPECT_TRUE(result.outputs.at(name) == codes) << name;
    expect_same_timing(result, run(machine, *compiled, false, {}));
    expect_causes_sum(result);
    testing::expect_bandwidth_sums(result);
    EXPECT_LE(result.dram.bytes_reached, compiled->program.header.memory.dram_bytes);
    if (HasFailure()) break;  // one failing case is enough to read
  }
  EXPECT_GE(ran, kCasesPerShard / 4);
}

INSTANTIATE_TEST_SUITE_P(Shard, RandomStep, ::testing::Range(0U, kShards));

constexpr const char* kFloatMachine = R"(name: float
core:
  array: {rows: 16, cols: 16}
  datapath: {native: [bf16, fp32]}
  scratchpad: {capacity: 64KiB}
  accumulator: {capacity: 32KiB}
dram: {standard: ddr4_2400}
)";

Machine float_machine() { return parse_machine(kFloatMachine, "float.yaml", {}, vocabulary()); }

// By name, as values, of a step in fp32.
TensorMap simulated_step(const Graph& network, const std::string& optimizer,
                         const std::string& remat, const TensorMap& batch) {
  const Compiled compiled =
      compile(network, float_machine(), training(optimizer, remat, Format::fp32));
  const RunResult result = run(float_machine(), compiled, true, codes_of(compiled.kernels, batch));
  TensorMap values;
  for (const KernelTensor& tensor : compiled.kernels.tensors)
    if (tensor.is_state || tensor.is_output)
      values[tensor.name] = from_codes(tensor, result.outputs.at(tensor.name));
  return values;
}

class FloatStep : public ::testing::TestWithParam<unsigned> {};

TEST_P(FloatStep, RecomputingChangesNoBit) {
  const Graph network = RandomNetwork(GetParam()).build();
  const TensorMap batch = random_batch(make_training_graph(network, {}).graph, GetParam());
  const TensorMap kept = simulated_step(network, "momentum", "keep_all", batch);
  const TensorMap recomputed = simulated_step(network, "momentum", "sqrt", batch);
  ASSERT_EQ(kept.size(), recomputed.size());
  for (const auto& [name, value] : kept)
    EXPECT_EQ(recomputed.at(name).floats, value.floats) << name;
}

float largest(const Tensor& tensor) {
  float most = 0;
  for (const float value : tensor.floats) most = std::max(most, std::fabs(value));
  return most;
}

TensorMap gradients_of(const TrainingGraph& training, const TensorMap& batch) {
  std::vector<std::string> names;
  for (const auto& gradient : training.gradients) names.push_back(gradient.second);
  const TensorMap results = evaluate(training.graph, batch, names);
  TensorMap gradients;
  for (const auto& [parameter, value] : training.gradients)
    gradients[parameter] = results.at(value);
  return gradients;
}

// The graph sums in double where the machine sums in fp32: each element to 1e-4 of its tensor's
// largest, or of the step's largest gradient (sums that cancel, of a bias before a normalisation,
// are as inexact as the others). Gradients near zero move Adam by its full rate in either
// direction: those elements are left out.
TEST_P(FloatStep, StatesAreTheGraphsToRounding) {
  const Graph network = RandomNetwork(GetParam()).build();
  for (const char* optimizer : {"momentum", "adam", "sgd"}) {
    TrainingOptions options;
    options.optimizer = optimizer;
    TrainingGraph reference = make_training_graph(network, options);
    const TensorMap batch = random_batch(reference.graph, GetParam());
    const TensorMap simulated = simulated_step(network, optimizer, "keep_all", batch);
    const TensorMap before = gradients_of(reference, batch);
    float scale = 0;
    for (const auto& gradient : before) scale = std::max(scale, largest(gradient.second));
    const TensorMap outputs = run_step(reference.graph, batch);
    EXPECT_NEAR(simulated.at(reference.loss).floats[0], outputs.at(reference.loss).floats[0],
                1e-4F * outputs.at(reference.loss).floats[0]);
    for (const StateBinding& binding : reference.graph.states) {
      const Tensor& expected = reference.graph.constants.at(binding.state);
      const std::string parameter = binding.state.substr(0, binding.state.find('/'));
      const auto gradient = before.find(parameter);
      const Tensor& actual = simulated.at(binding.state);
      const float tolerance = 1e-4F * std::max(largest(expected), scale);
      for (std::size_t i = 0; i < expected.floats.size(); ++i) {
        const bool near_zero =
            gradient != before.end() && std::fabs(gradient->second.floats[i]) < 1e-3F;
        if (near_zero && std::string(optimizer) == "adam") continue;
        ASSERT_NEAR(actual.floats[i], expected.floats[i], tolerance)
            << optimizer << ' ' << binding.state << ' ' << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FloatStep, ::testing::Range(0U, 20U));

}  // namespace
}  // namespace systolith
