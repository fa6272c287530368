// What program files cost the host per command: written, opened (every checksum) and read. A
// million commands of the kinds and in the order that a compiled layer has them.
#include <benchmark/benchmark.h>

#include "tests/unit/traces/scratch_folder.h"
#include "traces/format/files.h"
#include "traces/format/program_writer.h"

namespace systolith {
namespace {

constexpr std::int64_t kCommands = 1'000'000;

// Tile i: load its weights, preload, stream, and every fourth time the epilogue.
Command tile_command(std::int64_t i) {
  Command command;
  command.index = static_cast<std::uint64_t>(i);
  const std::int64_t tile = i / 4;
  const auto address = static_cast<std::uint64_t>(tile % 64 * 1024);
  if (i > 0) command.after.push_back({CoreId{}, command.index - 1});
  if (i % 4 == 0) {
    Load load;
    load.system_address = static_cast<std::uint64_t>(tile * 1024);
    load.local_address = address;
    load.run = 1024;
    command.operation = load;
  } else if (i % 4 == 1) {
    Preload preload;
    preload.address = address;
    preload.row_stride = preload.rows = preload.cols = 32;
    command.operation = preload;
  } else if (i % 4 == 2) {
    Matmul matmul;
    matmul.rows = matmul.cols = matmul.feed.channels = 32;
    matmul.feed.in_w = matmul.feed.out_w = 64;
    matmul.feed.k_begin = 0;
    matmul.accumulate = tile % 4 != 0;
    matmul.feed.address = address;
    command.operation = matmul;
  } else {
    VectorOp vector;
    vector.destination.space = Space::scratchpad;
    vector.a.space = Space::accumulator;
    vector.destination.address = address;
    command.operation = vector;
  }
  return command;
}

ProgramHeader header() {
  ProgramHeader header;
  header.layers.resize(1);
  return header;
}

void write_program(const std::string& path) {
  const ProgramHeader program = header();
  ProgramWriter writer(path, program);
  for (std::int64_t i = 0; i < kCommands; ++i) writer.append(tile_command(i));
  writer.finish();
}

void count_commands(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kCommands);
}

void write_binary(benchmark::State& state) {
  const testing::ScratchFolder folder;
  for (auto _ : state) write_program(folder / "p");
  count_commands(state);
}

void open_binary(benchmark::State& state) {
  const testing::ScratchFolder folder;
  write_program(folder / "p");
  for (auto _ : state) benchmark::DoNotOptimize(open_program(folder / "p"));
  count_commands(state);
}

void read_binary(benchmark::State& state) {
  const testing::ScratchFolder folder;
  write_program(folder / "p");
  for (auto _ : state) {
    const auto program = open_program(folder / "p");
    Command command;
    while (program->next(CoreId{}, command)) benchmark::DoNotOptimize(command);
  }
  count_commands(state);
}

BENCHMARK(write_binary)->Unit(benchmark::kMillisecond);
BENCHMARK(open_binary)->Unit(benchmark::kMillisecond);
BENCHMARK(read_binary)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace systolith
