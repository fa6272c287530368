// Real numbers through DRAM, scratchpad, array, accumulators and vector unit, against plain loops.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

std::vector<std::uint8_t> random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
  return bytes;
}

ProgramTensor tensor(const std::string& name, TensorRole role, std::uint64_t address,
                     std::int64_t bytes) {
  ProgramTensor t;
  t.name = name;
  t.role = role;
  t.address = address;
  t.bytes = bytes;
  return t;
}

// y[m][n] = saturate(round((x[m][k] . w[k][n]) / 64)), x and w from DRAM, y to DRAM.
Program product_program(const Machine& machine, std::int32_t m, std::int32_t k, std::int32_t n) {
  ProgramBuilder build(machine);
  auto& header = build.program().header;
  header.tensors = {tensor("x", TensorRole::input, 0, m * k),
                    tensor("w", TensorRole::input, 4096, k * n),
                    tensor("y", TensorRole::output, 8192, m * n)};
  const CommandRef x = build.add(transfer<Load>(0, 0, m * k));
  const CommandRef w = build.add(transfer<Load>(4096, 8000, k * n));
  build.add(preload(8000, k, n), {w});
  const CommandRef product = build.add(matmul(0, m, k, n), {x});
  VectorOp op = requantize(m, n, 16000);
  op.scale_a = 1.0F / 64;
  const CommandRef y = build.add(op, {product});
  build.add(transfer<Store>(8192, 16000, m * n), {y});
  return build.program();
}

std::vector<std::uint8_t> expected(const std::vector<std::uint8_t>& x,
                                   const std::vector<std::uint8_t>& w, int m, int k, int n) {
  std::vector<std::uint8_t> y;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      int sum = 0;
      for (int r = 0; r < k; ++r)
        sum += static_cast<std::int8_t>(x[static_cast<std::size_t>(i * k + r)]) *
               static_cast<std::int8_t>(w[static_cast<std::size_t>(r * n + j)]);
      const double rounded = std::nearbyint(sum / 64.0);
      y.push_back(static_cast<std::uint8_t>(
          static_cast<std::int8_t>(std::min(std::max(rounded, -128.0), 127.0))));
    }
  return y;
}

TEST(Values, AnInt8ProductGoesThroughTheMachineExactly) {
  const Machine machine = small_machine(16, 16);
  for (const auto& [m, k, n] : {std::tuple{5, 4, 4}, {13, 16, 16}, {7, 11, 3}, {64, 16, 10}}) {
    const auto x = random_bytes(static_cast<std::size_t>(m * k), 1);
    const auto w = random_bytes(static_cast<std::size_t>(k * n), 2);
    RunOptions options;
    options.values = true;
    const RunResult result =
        run(machine, product_program(machine, m, k, n), options, {{"x", x}, {"w", w}});
    EXPECT_EQ(result.outputs.at("y"), expected(x, w, m, k, n)) << m << ' ' << k << ' ' << n;
  }
}

TEST(Values, TimingIsTheSameWithAndWithoutThem) {
  const Machine machine = small_machine(16, 16);
  const Program program = product_program(machine, 13, 16, 16);
  RunOptions options;
  options.values = true;
  const RunResult with = run(machine, program, options,
                             {{"x", random_bytes(13 * 16, 1)}, {"w", random_bytes(256, 2)}});
  const RunResult without = run(machine, program);
  EXPECT_EQ(with.total_cycles, without.total_cycles);
  for (std::size_t i = 0; i < with.engines.size(); ++i)
    for (std::size_t c = 0; c < kCauses; ++c)
      EXPECT_EQ(with.engines[i].activity.spent(static_cast<Cause>(c)),
                without.engines[i].activity.spent(static_cast<Cause>(c)));
}

}  // namespace
}  // namespace systolith
