// What the simulator costs the host per DRAM burst, per command and per elaboration. CPU time is
// what counts: DESIGN section 5 allows a quarter of a second for ResNet-50's 0.8 million bursts.
#include <benchmark/benchmark.h>

#include "hw/arch/read_machine.h"
#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

Machine cloud() { return read_machine("cloud_128x128", {}, vocabulary()); }

// Loads 50 MB in pieces of 64 KiB, double-buffered.
void stream_50_megabytes(benchmark::State& state, const Machine& machine) {
  constexpr std::int64_t kPiece = 65536, kPieces = 50'000'000 / kPiece;
  ProgramBuilder build(machine);
  for (std::int64_t i = 0; i < kPieces; ++i)
    build.add(transfer<Load>(static_cast<std::uint64_t>(i * kPiece),
                             static_cast<std::uint64_t>(i % 2 * kPiece), kPiece));
  for (auto _ : state) {
    const RunResult result = run(machine, build.program());
    state.counters["bursts"] = static_cast<double>(result.dram.requests);
    state.counters["bytes_per_cycle"] = static_cast<double>(result.dram.bytes_read) /
                                        static_cast<double>(result.total_cycles.count());
    state.counters["ns_per_burst"] = benchmark::Counter(
        static_cast<double>(result.dram.requests) * 1e-9,
        benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  }
}
void stream_on_cloud(benchmark::State& state) { stream_50_megabytes(state, cloud()); }
void stream_on_edge(benchmark::State& state) {
  stream_50_megabytes(state, read_machine("edge_npu", {}, vocabulary()));
}
BENCHMARK(stream_on_cloud)->Unit(benchmark::kMillisecond);
BENCHMARK(stream_on_edge)->Unit(benchmark::kMillisecond);

// 10,000 tiles: a preload, a matmul, every fourth time a vector operation.
void ten_thousand_tiles(benchmark::State& state) {
  const Machine machine = cloud();
  ProgramBuilder build(machine);
  for (int i = 0; i < 10'000; ++i) {
    build.add(preload(0, 128, 128));
    const CommandRef product = build.add(matmul(65536, 512, 128, 128));
    if (i % 4 == 3) build.add(requantize(512, 128, 262144), {product});
  }
  for (auto _ : state) {
    const RunResult result = run(machine, build.program());
    state.counters["cycles"] = static_cast<double>(result.total_cycles.count());
  }
}
BENCHMARK(ten_thousand_tiles)->Unit(benchmark::kMillisecond);

void elaborate_and_run_nothing(benchmark::State& state) {
  const Machine machine = cloud();
  ProgramBuilder build(machine);
  for (auto _ : state) benchmark::DoNotOptimize(run(machine, build.program()));
}
BENCHMARK(elaborate_and_run_nothing)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace systolith
