// What the models of the array cost the host: the closed form per command, whatever the array's
// size, the PE-level model per edge; and a machine's whole way from program to retirement per array
// command; and what a tile's values cost, in products a second.
#include <benchmark/benchmark.h>

#include <random>

#include "hw/array/pe_array.h"
#include "hw/array/tile_product.h"
#include "hw/dataflow/array_schedule.h"
#include "tests/unit/sim_system/program_builder.h"

namespace systolith {
namespace {

ArrayConfig square(std::int64_t size) {
  ArrayConfig array;
  array.rows = array.cols = size;
  return array;
}

// A load and a stream.
void closed_form_commands(benchmark::State& state) {
  const ArrayConfig array = square(state.range(0));
  const auto dataflow = dataflow_keeping(TileOperand::weights, array);
  ArraySchedule schedule(*dataflow, array.weight_buffers);
  ArraySchedule::Stream stream;
  stream.tile = {64, array.rows, array.cols};
  for (auto _ : state) {
    const Cycles load = *schedule.load_ready();
    schedule.load(load + dataflow->load(stream.tile));
    const Cycles start = *schedule.stream_ready(stream);
    benchmark::DoNotOptimize(schedule.stream(stream, start, start + dataflow->stream(stream.tile)));
  }
  state.SetItemsProcessed(2 * state.iterations());
}
BENCHMARK(closed_form_commands)->Arg(4)->Arg(512);

void pe_level_edges(benchmark::State& state) {
  const auto array = make_pe_array(square(state.range(0)), TileOperand::weights, 64);
  ArrayStream stream;
  stream.length = 64;
  stream.opens = false;
  stream.cols = state.range(0);
  const LaneRow row(static_cast<std::size_t>(state.range(0)), PeOperand{1, 2, 3, 4});
  SteppedArray::Offer offer;
  offer.stream = &stream;
  offer.left = &row;
  for (auto _ : state) array->step(offer);
}
BENCHMARK(pe_level_edges)->Arg(4)->Arg(32)->Arg(128)->Unit(benchmark::kMicrosecond);

// 100,000 Matmuls that follow each other on the same weights, or as many Syncs: the difference is
// what the array adds to fetching, checking, queueing and retiring a command.
void run_commands(benchmark::State& state, const Operation& operation) {
  constexpr int kCommands = 100'000;
  const Machine machine = small_machine(32, 32);
  ProgramBuilder build(machine);
  build.add(preload(0, 32, 32));
  Matmul first = matmul(1024, 16, 32, 32);
  build.add(first);
  for (int i = 0; i < kCommands; ++i) build.add(operation);
  for (auto _ : state) benchmark::DoNotOptimize(run(machine, build.program()));
  state.SetItemsProcessed(kCommands * state.iterations());
}
void run_matmuls(benchmark::State& state) {
  Matmul again = matmul(1024, 16, 32, 32);
  again.new_weights = false;
  run_commands(state, again);
}
void run_syncs(benchmark::State& state) { run_commands(state, Sync{}); }
BENCHMARK(run_matmuls)->Unit(benchmark::kMillisecond);
BENCHMARK(run_syncs)->Unit(benchmark::kMillisecond);

// 256 rows times a tile of 128 x 128, from codes to sums: GMAC/s.
void tile_products(benchmark::State& state, Format fed, Format weights) {
  constexpr std::int64_t kRows = 256, kSize = 128;
  std::mt19937 random(1);
  const auto ones = [&](Format format, std::int64_t count) {  // from -1 to 1, or 0 and 1
    std::vector<std::uint8_t> codes;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint64_t code = number_format(format).encode(static_cast<int>(random() % 3) - 1);
      for (std::int64_t byte = 0; byte < units_of(format); ++byte)
        codes.push_back(static_cast<std::uint8_t>(code >> 8 * byte));
    }
    return codes;
  };
  const auto tile_codes = ones(weights, kSize * kSize);
  const WeightTile tile =
      pack_weights(tile_codes.data(), packed_bytes(weights, kSize), kSize, kSize, 1, weights);
  ProductBuffer buffer;
  buffer.codes = ones(fed, kRows * kSize);
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(kRows * kSize));
  for (auto _ : state) {
    tile_product(tile, {kRows, fed, true, kSize}, sums.data(), buffer);
    benchmark::DoNotOptimize(sums.data());
  }
  state.counters["GMAC/s"] = benchmark::Counter(1e-9 * kRows * kSize * kSize,
                                                benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(tile_products, int8, Format::int8, Format::int8);
BENCHMARK_CAPTURE(tile_products, int8xint4, Format::int8, Format::int4);
BENCHMARK_CAPTURE(tile_products, int4, Format::int4, Format::int4);
BENCHMARK_CAPTURE(tile_products, int16, Format::int16, Format::int16);
BENCHMARK_CAPTURE(tile_products, bf16, Format::bf16, Format::bf16);
BENCHMARK_CAPTURE(tile_products, fp8_e4m3, Format::fp8_e4m3, Format::fp8_e4m3);

}  // namespace
}  // namespace systolith
