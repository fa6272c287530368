// Small machines and programs for tests.
#pragma once

#include <string>
#include <vector>

#include "sim/system/simulate.h"
#include "sim/system/vocabulary.h"

namespace systolith {

// 1 GHz, one core, an array of rows x cols, one channel of DDR4-2400.
inline Machine small_machine(std::int64_t rows = 4, std::int64_t cols = 4) {
  Machine machine;
  machine.name = "small";
  machine.core.array.rows = rows;
  machine.core.array.cols = cols;
  machine.core.datapath.native = {Format::int8, Format::uint8, Format::bf16};
  machine.core.vector.lanes = cols;
  machine.core.scratchpad.capacity = kibibytes(64);
  machine.core.accumulator.capacity = Bytes(64 * cols * 4);
  machine.dram.channels = 1;
  for (const DramStandardFacts& facts : vocabulary().dram_standards)
    if (facts.name == machine.dram.standard) machine.dram.facts = facts;
  return machine;
}

class ProgramBuilder {
 public:
  explicit ProgramBuilder(const Machine& machine) {
    program_.header.workload = "test";
    program_.header.machine = machine.name;
    program_.header.fingerprint = program_fingerprint(machine);
    program_.header.cores = static_cast<std::uint16_t>(machine.core.count);
    program_.header.layers.resize(4);
    program_.streams.resize(static_cast<std::size_t>(machine.core.count));
  }

  // Appends to `core`'s stream; returns the reference.
  CommandRef add(Operation operation, std::vector<CommandRef> after = {}, int layer = 0,
                 int core = 0) {
    auto& stream = program_.streams[static_cast<std::size_t>(core)];
    Command command;
    command.index = stream.size();
    command.core = static_cast<CoreId>(core);
    command.layer = static_cast<LayerId>(layer);
    command.after.assign(after.begin(), after.end());
    command.operation = std::move(operation);
    stream.push_back(std::move(command));
    return {stream.back().core, stream.back().index};
  }

  Program& program() { return program_; }

 private:
  Program program_;
};

template <class T>  // Load or Store
T transfer(std::uint64_t system, std::uint64_t local, std::int64_t bytes) {
  T t;
  t.system_address = system;
  t.local_address = local;
  t.run = bytes;
  return t;
}

inline Preload preload(std::uint64_t address, std::int32_t rows, std::int32_t cols) {
  Preload p;
  p.address = address;
  p.row_stride = cols;
  p.rows = rows;
  p.cols = cols;
  return p;
}

// m dense rows of `rows` int8 elements.
inline Matmul matmul(std::uint64_t address, std::int32_t m, std::int32_t rows, std::int32_t cols) {
  Matmul op;
  op.feed.address = address;
  op.feed.pixel_stride = rows;
  op.feed.in_w = op.feed.out_w = m;
  op.feed.channels = rows;
  op.rows = rows;
  op.cols = cols;
  return op;
}

// Accumulator rows to int8 in the scratchpad.
inline VectorOp requantize(std::int32_t rows, std::int32_t cols, std::uint64_t to) {
  VectorOp op;
  op.shape = {1, 1, rows, cols};
  op.a.space = Space::accumulator;
  op.a.format = Format::int32;
  op.a.strides = {0, 0, 1, 0};
  op.destination.space = Space::scratchpad;
  op.destination.address = to;
  op.destination.strides = {0, 0, cols, 1};
  return op;
}

inline RunResult run(const Machine& machine, const Program& program, const RunOptions& options = {},
                     const TensorBytes& inputs = {}) {
  ProgramSource source(program);
  return simulate(machine, source, options, inputs);
}

// Cycles of an engine by its report name, e.g. "core0.array".
inline const Activity& activity(const RunResult& result, const std::string& engine) {
  for (const EngineReport& report : result.engines)
    if (report.name == engine) return report.activity;
  throw std::out_of_range(engine);
}

// Start and finish of every command, by index (one core).
class Recorder final : public RunObserver {
 public:
  struct Life {
    Cycles start, finish;
  };
  void command_ran(const Command& command, Cycles start, Cycles finish) override {
    const auto index = static_cast<std::size_t>(command.index);
    if (lives.size() <= index) lives.resize(index + 1);
    lives[index] = {start, finish};
  }
  std::vector<Life> lives;
};

inline Recorder lives_of(const Machine& machine, const Program& program) {
  Recorder recorder;
  RunOptions options;
  options.observer = &recorder;
  run(machine, program, options);
  return recorder;
}

}  // namespace systolith
