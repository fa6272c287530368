// The cost of a command as programs grow: a stream of loads of one burst, preloads, products and
// vector operations, made as they are asked for. BigO prints the slope in time per command, RMS how
// far the points lie off a straight line; the peak of the process's memory must not rise.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "hw/arch/read_machine.h"
#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

// Rounds of a load, a preload, a product and a vector operation, double-buffered.
class Rounds final : public CommandSource {
 public:
  Rounds(const Machine& machine, std::int64_t commands) : commands_(commands) {
    ProgramBuilder build(machine);
    header_ = build.program().header;
  }
  const ProgramHeader& header() const override { return header_; }
  std::int64_t commands() const override { return commands_; }

  bool next(CoreId core, Command& command) override {
    if (next_ == commands_) return false;
    command = Command{};
    command.core = core;
    command.index = static_cast<std::uint64_t>(next_);
    command.operation = operation();
    if (next_ >= kEngines) command.after = {{core, command.index - kEngines}};
    if (next_ % kEngines != 0) command.after.push_back({core, command.index - 1});
    ++next_;
    return true;
  }

 private:
  static constexpr std::int64_t kEngines = 4, kBurst = 64, kTile = 128 * 128;

  Operation operation() const {
    const std::int64_t round = next_ / kEngines;
    switch (next_ % kEngines) {
      case 0:
        return transfer<Load>(static_cast<std::uint64_t>(round * kBurst % (1 << 28)),
                              static_cast<std::uint64_t>(round % 2 * kBurst), kBurst);
      case 1:
        return preload(kTile, 128, 128);
      case 2:
        return matmul(2 * kTile, 64, 128, 128);
      default:
        return requantize(64, 128, 4 * kTile);
    }
  }

  ProgramHeader header_;
  std::int64_t commands_, next_ = 0;
};

void commands(benchmark::State& state) {
  const Machine machine = read_machine("cloud_128x128", {}, vocabulary());
  for (auto _ : state) {
    Rounds rounds(machine, state.range(0));
    benchmark::DoNotOptimize(simulate(machine, rounds, {}, {}));
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
  state.counters["ns_per_command"] = benchmark::Counter(
      static_cast<double>(state.range(0)) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetComplexityN(state.range(0));
}
BENCHMARK(commands)
    ->RangeMultiplier(10)
    ->Range(10'000, 10'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oN);

}  // namespace
}  // namespace systolith
