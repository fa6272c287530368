// Requests a second of the DRAM core: one channel of DDR4-2400, 32 reads in flight.
#include <benchmark/benchmark.h>

#include "hw/dram/dram_replay.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

constexpr std::int64_t kRequests = 200'000;
constexpr std::uint64_t kBursts = (std::uint64_t{8} << 30) / 64;

using Generator = TraceRequest (*)(std::uint64_t number, std::uint64_t random);

TraceRequest sequential(std::uint64_t number, std::uint64_t) { return {number * 64, false, {}}; }
TraceRequest anywhere(std::uint64_t, std::uint64_t random) {
  return {(random >> 8) % kBursts * 64, false, {}};
}
TraceRequest mixed(std::uint64_t, std::uint64_t random) {
  return {(random >> 8) % kBursts * 64, (random & 1) != 0, {}};
}
// One every 1000 clocks: costs no more than a dense stream.
TraceRequest sparse(std::uint64_t number, std::uint64_t random) {
  TraceRequest request = anywhere(number, random);
  request.issue = Cycles(static_cast<std::int64_t>(number) * 1000);
  return request;
}

void replay(benchmark::State& state, Generator generate) {
  const DramConfig config = dram_config("ddr4_2400");
  for (auto _ : state) {
    std::uint64_t number = 0, random = 0x9E3779B97F4A7C15;
    const ReplayReport report = DramReplay(config, 32).run([&](TraceRequest& request) {
      if (number == kRequests) return false;
      random ^= random >> 12, random ^= random << 25, random ^= random >> 27;
      request = generate(number++, random * 0x2545F4914F6CDD1DU);
      return true;
    });
    benchmark::DoNotOptimize(report.cycles);
  }
  state.SetItemsProcessed(state.iterations() * kRequests);
}

BENCHMARK_CAPTURE(replay, sequential, sequential)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(replay, random, anywhere)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(replay, random_mixed, mixed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(replay, random_sparse, sparse)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace systolith
