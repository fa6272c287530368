// Which laws hold on every machine and for every network, whatever the mapper chose?
#include <gtest/gtest.h>

#include <optional>

#include "compiler/compile.h"
#include "compiler/kernels/interpret.h"
#include "hw/arch/read_machine.h"
#include "models/ops/macs.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"
#include "tests/property/whole_way/laws.h"
#include "tests/property/whole_way/random_case.h"

namespace systolith {
namespace {

using testing::Draw;
using testing::expect_causes_sum;
using testing::expect_same_timing;

constexpr std::uint64_t kShards = 30, kCasesPerShard = 10;

// One random case, compiled; nothing where the machine is too small for the network, which the
// compiler must have said as a UserError.
struct Case {
  std::string description;
  Machine machine;
  Graph graph;
  Format operands = Format::int8, weights = Format::int8;
  Compiled compiled;
};

std::optional<Case> make_case(std::uint64_t seed) {
  Draw draw(seed);
  Case c;
  const std::string yaml = testing::random_machine_yaml(draw);
  c.machine = parse_machine(yaml, "random.yaml", {}, vocabulary());
  c.graph = testing::random_network(draw);
  CompileOptions options;
  const auto floating = [&] {
    return draw.of<Format>(
        {Format::bf16, Format::fp16, Format::fp32, Format::fp8_e4m3, Format::fp8_e5m2});
  };
  options.format = draw.one_in(3)
                       ? floating()
                       : draw.of<Format>({Format::int8, Format::int4, Format::int4, Format::int16});
  if (draw.one_in(2)) {
    if (is_float(options.format)) options.weights = floating();
    if (options.format == Format::int8) options.weights = Format::int4;
    if (options.format == Format::int16) options.weights = Format::int8;
  }
  const ArrayConfig& array = c.machine.core.array;
  if (!array.sparsity.empty() && array.allows("weight_stationary"))
    options.sparsity = sparsity_from_name(draw.of<const char*>({"1:2", "2:4", "1:4"}));
  options.with_values = true;
  options.float_inputs = draw.one_in(4);
  c.operands = options.format;
  c.weights = options.weights.value_or(options.format);
  try {
    c.compiled = compile(c.graph, c.machine, options);
  } catch (const UserError&) {
    return std::nullopt;
  }
  c.description = fmt::format("seed {}\n{}\n{}", seed, yaml, to_text(c.compiled.kernels));
  return c;
}

TensorBytes random_inputs(const KernelGraph& kernels, std::uint64_t seed) {
  Draw draw(seed);
  TensorBytes inputs;
  for (const KernelTensor& tensor : kernels.tensors) {
    if (!tensor.is_input) continue;
    Tensor value{DataType::float32, tensor.logical_shape, {}, {}};
    value.floats.resize(static_cast<std::size_t>(tensor.elements()));
    for (float& x : value.floats) x = draw.real();
    inputs[tensor.name] = to_codes(tensor, value);
  }
  return inputs;
}

RunResult run(const Case& c, bool values, const TensorBytes& inputs) {
  ProgramSource source(c.compiled.program);
  RunOptions options;
  options.values = values;
  return simulate(c.machine, source, options, inputs);
}

void expect_at_or_above_roofline(const Case& c, const RunResult& result) {
  // Sparse weights: a quarter of the products at the least is made.
  const std::int64_t skipped = c.machine.core.array.sparsity.empty() ? 1 : 4;
  const auto peak_macs =
      static_cast<double>(skipped * c.machine.core.count * c.machine.core.array.cols *
                          c.machine.contraction_rows(c.operands, c.weights));
  EXPECT_GE(static_cast<double>(result.total_cycles.count()),
            static_cast<double>(result.macs) / peak_macs);
  EXPECT_GE(result.seconds * c.machine.dram.peak_bytes_per_second() * (1 + 1e-9),
            static_cast<double>(result.dram.bytes_read + result.dram.bytes_written));
}

void expect_macs_of_closed_form(const Case& c, const RunResult& result) {
  std::int64_t expected = 0;
  for (const Node& node : c.graph.nodes) expected += node_macs(c.graph, node);
  EXPECT_GE(result.macs, expected);
  std::int64_t stated = 0;
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const ProgramLayer& layer = c.compiled.program.header.layers[i];
    if (layer.macs > 0) {
      EXPECT_EQ(result.layers[i].macs, layer.macs) << layer.name;
    }
    stated += layer.macs;
  }
  EXPECT_EQ(stated, expected);
}

void expect_traffic_within_bounds(const Case& c, const RunResult& result) {
  const auto& layers = c.compiled.program.header.layers;
  std::int64_t weights = 0, stated = 0, moved = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    weights += layers[i].weight_bytes;
    stated += layers[i].dram_bytes_stated;
    moved += result.layers[i].dram_bytes;
    EXPECT_LE(result.layers[i].dram_bytes, layers[i].dram_bytes_stated) << layers[i].name;
  }
  EXPECT_GE(result.dram.bytes_read, weights);
  EXPECT_LE(moved, stated);
}

// Empty where there is none.
std::string first_difference(const CodeMap& found, const CodeMap& expected) {
  for (const auto& [name, codes] : expected) {
    const auto& other = found.at(name);
    if (codes == other) continue;
    const auto at = std::mismatch(codes.begin(), codes.end(), other.begin(), other.end()).first;
    return fmt::format("{}: {} bytes, {} expected, byte {} differs", name, other.size(),
                       codes.size(), at - codes.begin());
  }
  return found.size() == expected.size() ? "" : "more outputs than expected";
}

// The PEs check every edge and sum themselves (hw/array/pe_detail.h).
void expect_the_same_pe_by_pe(const Case& c, const RunResult& result, const TensorBytes& inputs) {
  constexpr std::int64_t kMostCycles = 20'000;  // stepping costs a microsecond or so each
  const bool has_pes = c.operands == Format::int8 || c.operands == Format::int4;
  const ArrayConfig& array = c.machine.core.array;
  if (!has_pes || !array.sparsity.empty() || array.product_rows > 0 ||
      result.total_cycles.count() > kMostCycles)
    return;
  Case detailed = c;
  detailed.machine.core.array.detail = "pe";
  const RunResult stepped = run(detailed, true, inputs);
  EXPECT_EQ(first_difference(stepped.outputs, result.outputs), "");
  expect_same_timing(result, stepped);
}

class RandomLayers : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomLayers, ValuesEqualTheReferenceInterpreterAndEveryLawHolds) {
  std::uint64_t ran = 0;
  for (std::uint64_t i = 1; i <= kCasesPerShard; ++i) {
    const std::uint64_t seed = GetParam() * kCasesPerShard + i;
    const auto c = make_case(seed);
    if (!c) continue;
    ++ran;
    SCOPED_TRACE(c->description);
    const TensorBytes inputs = random_inputs(c->compiled.kernels, seed);
    const RunResult with_values = run(*c, true, inputs);
    const CodeMap expected = interpret(c->compiled.kernels, inputs);
    EXPECT_EQ(first_difference(with_values.outputs, expected), "");
    expect_same_timing(with_values, run(*c, false, {}));
    expect_causes_sum(with_values);
    testing::expect_bandwidth_sums(with_values);
    expect_at_or_above_roofline(*c, with_values);
    expect_macs_of_closed_form(*c, with_values);
    expect_traffic_within_bounds(*c, with_values);
    expect_the_same_pe_by_pe(*c, with_values, inputs);
    if (HasFailure()) break;  // one failing case is enough to read
  }
  // A mapper that refuses most machines would make the laws above hollow.
  EXPECT_GE(ran, kCasesPerShard / 4);
}

INSTANTIATE_TEST_SUITE_P(Shard, RandomLayers, ::testing::Range<std::uint64_t>(0, kShards));

}  // namespace
}  // namespace systolith
