// What the models of the array cost the host: the closed form per command, whatever the array's
// size, the PE-level model per edge; and a machine's whole way from program to retirement per array
// command.
#include <benchmark/benchmark.h>

#include "hw/array/pe_array.h"
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

}  // namespace
}  // namespace systolith
