// Whatever the loops' factors and order: does a mapped layer compute what it is to compute?
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "compiler/kernels/interpret.h"
#include "hw/arch/read_machine.h"
#include "models/zoo/zoo.h"
#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"
#include "tests/property/whole_way/laws.h"
#include "tests/property/whole_way/random_case.h"

namespace systolith {
namespace {

constexpr std::uint64_t kCases = 150;

class RandomMapping {
 public:
  explicit RandomMapping(std::uint64_t seed) : draw_(seed) {}

  // Of a convolution, and its mapping.
  std::string workload, yaml;

  void draw() {
    const std::int64_t kernel = one_of({1, 2, 3}), stride = one_of({1, 1, 2});
    const std::int64_t size = one_of({4, 6, 9}), in = one_of({3, 16, 24}),
                       out = one_of({5, 16, 30});
    const std::int64_t batch = one_of({1, 1, 3});
    const std::int64_t pixels = (size + kernel / 2 * 2 - kernel) / stride + 1;
    workload = fmt::format("conv:in={},out={},size={},kernel={},stride={},batch={}", in, out, size,
                           kernel, stride, batch);
    split('N', batch, 0);
    split('Q', pixels, 0);
    split('P', pixels, 0);
    split('K', out, 16);
    split('C', in, 16);
    split('R', kernel, 0);
    split('S', kernel, 0);
    shuffle(tiles_);
    shuffle(products_);
    yaml = fmt::format(
        "layers:\n  - layer: conv\n    dram: {}\n    scratchpad: {}\n    accumulator: {} {}\n"
        "    array: {}\n",
        text(tiles_), columns_, text(products_), rows_, text(pixels_));
  }

 private:
  std::int64_t one_of(const std::vector<std::int64_t>& values) {
    return values[static_cast<std::size_t>(
        draw_.between(0, static_cast<std::int64_t>(values.size()) - 1))];
  }
  void shuffle(std::vector<std::string>& words) {
    for (std::size_t left = words.size(); left > 1; --left)
      std::swap(
          words[left - 1],
          words[static_cast<std::size_t>(draw_.between(0, static_cast<std::int64_t>(left) - 1))]);
  }
  std::int64_t divisor(std::int64_t of, std::int64_t most) {
    std::vector<std::int64_t> divisors;
    for (std::int64_t d = 1; d <= std::min(of, most); ++d)
      if (of % d == 0) divisors.push_back(d);
    return one_of(divisors);
  }
  static std::string text(const std::vector<std::string>& words) {
    return words.empty() ? "N1" : fmt::format("{}", fmt::join(words, " "));
  }

  // `lanes`: of the array that the loop may go across.
  void split(char loop, std::int64_t extent, std::int64_t lanes) {
    const std::int64_t tiles = divisor(extent, extent);
    if (tiles > 1) tiles_.push_back(fmt::format("{}{}", loop, tiles));
    extent /= tiles;
    if (lanes == 0 && loop != 'R' && loop != 'S') {
      pixels_.push_back(fmt::format("{}{}", loop, extent));
      return;
    }
    if (lanes > 0) {
      const std::int64_t across = divisor(extent, lanes);
      (loop == 'K' ? columns_ : rows_) = fmt::format("{}{}X", loop, across);
      extent /= across;
    }
    const std::int64_t outer = divisor(extent, extent);
    for (const std::int64_t factor : {outer, extent / outer})
      if (factor > 1) products_.push_back(fmt::format("{}{}", loop, factor));
  }

  testing::Draw draw_;
  std::vector<std::string> tiles_, products_, pixels_;
  std::string columns_, rows_;
};

TensorBytes inputs_of(const KernelGraph& kernels, std::uint64_t seed) {
  testing::Draw draw(seed);
  TensorBytes inputs;
  for (const KernelTensor& tensor : kernels.tensors) {
    if (!tensor.is_input) continue;
    std::vector<std::uint8_t>& bytes = inputs[tensor.name];
    for (std::int64_t i = 0; i < tensor.bytes(); ++i)
      bytes.push_back(static_cast<std::uint8_t>(draw.between(0, 255)));
  }
  return inputs;
}

TEST(RandomMapping, MappedLayersComputeWhatTheInterpreterDoes) {
  const Machine machine = read_machine("gemmini_16x16", {}, vocabulary());
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    RandomMapping drawn(seed);
    drawn.draw();
    SCOPED_TRACE(drawn.workload + "\n" + drawn.yaml);
    CompileOptions options;
    options.with_values = options.quantize_outputs = true;
    options.mapping = parse_mapping(drawn.yaml, "random.yaml");
    const Compiled compiled = compile(build_zoo(parse_zoo_spec(drawn.workload)), machine, options);
    const TensorBytes inputs = inputs_of(compiled.kernels, seed);
    ProgramSource source(compiled.program);
    RunOptions with_values;
    with_values.values = true;
    const RunResult run = simulate(machine, source, with_values, inputs);
    EXPECT_EQ(run.outputs, interpret(compiled.kernels, inputs));
    testing::expect_causes_sum(run);
    testing::expect_bandwidth_sums(run);
  }
}

}  // namespace
}  // namespace systolith
