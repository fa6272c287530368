// A program: what a compiled workload is. Header and command streams; the simulator reads the
// streams through CommandSource, so that a file of any length runs in constant memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/isa/command.h"

namespace systolith {

// One row of the layer table. Commands name their layer by index.
struct ProgramLayer {
  std::string name;       // of the graph's node
  std::string op;         // ONNX op name of the anchor, with what was fused: "Conv+Relu+Add"
  std::string format;     // "int8", "bf16", …
  std::int64_t macs = 0;  // closed form of the layer; the machine counts its own
  std::int64_t weight_bytes = 0;       // as stored in DRAM
  std::int64_t dram_bytes_stated = 0;  // what the schedule moves to and from DRAM
  std::string phase = {};              // of a training step: forward, backward, update
};

// A state is read and replaced by a run: what it begins with is an input of the run if it is given,
// else it is among the data.
enum class TensorRole : std::uint8_t { input = 0, output = 1, constant = 2, state = 3 };

// A tensor that enters, leaves or stays in DRAM. Physical order: shape is the order in memory
// (NHWC for images, HWIO for a convolution's weights that are a state: `layout`); logical_shape is
// the graph's (NCHW, OIHW).
struct ProgramTensor {
  std::string name;
  TensorRole role = TensorRole::input;
  std::uint64_t address = 0;  // system address
  std::int64_t bytes = 0;
  Format format = Format::int8;
  float scale = 1;
  std::int32_t zero_point = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> logical_shape;
  std::string layout = "nhwc";  // or hwio
};

// What the compiler plans to hold in memory; 0 where it is not stated. A run checks it.
struct PlannedMemory {
  std::int64_t dram_bytes = 0;  // of DRAM's addresses, from 0 on
  std::int64_t live_bytes = 0;  // the most that computed tensors take at one time, on chip or off
};

// Initial contents of system memory; present when compiled with values.
struct ProgramData {
  std::uint64_t address = 0;
  std::vector<std::uint8_t> bytes;
};

struct ProgramHeader {
  std::string workload;
  std::string machine;            // name, for messages
  std::uint64_t fingerprint = 0;  // program_fingerprint() of the machine
  std::uint16_t cores = 1;
  PlannedMemory memory;
  std::vector<ProgramLayer> layers;
  std::vector<ProgramTensor> tensors;
  std::vector<ProgramData> data;
};

struct Program {
  ProgramHeader header;
  std::vector<std::vector<Command>> streams;  // one per core; stream[i].index == i
};

// Forward-only access to each core's stream.
class CommandSource {
 public:
  virtual ~CommandSource() = default;
  virtual const ProgramHeader& header() const = 0;
  // The next command of `core`; false at the end of its stream.
  virtual bool next(CoreId core, Command& command) = 0;
  // Of all cores together; 0 where a stream does not know before its end.
  virtual std::int64_t commands() const { return 0; }
};

// Over a program in memory, which must outlive it.
class ProgramSource final : public CommandSource {
 public:
  explicit ProgramSource(const Program& program)
      : program_(program), position_(program.streams.size()) {}
  const ProgramHeader& header() const override { return program_.header; }
  bool next(CoreId core, Command& command) override {
    const auto c = static_cast<std::size_t>(core);
    if (position_[c] == program_.streams[c].size()) return false;
    command = program_.streams[c][position_[c]++];
    return true;
  }
  std::int64_t commands() const override {
    std::int64_t count = 0;
    for (const auto& stream : program_.streams) count += static_cast<std::int64_t>(stream.size());
    return count;
  }

 private:
  const Program& program_;
  std::vector<std::size_t> position_;
};

}  // namespace systolith
