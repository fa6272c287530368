// Runs a program on a machine.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hw/arch/machine.h"
#include "hw/base/activity.h"
#include "hw/base/tile_operand.h"
#include "hw/memory/level_traffic.h"
#include "hw/noc/link_traffic.h"
#include "sim/system/bandwidth.h"
#include "traces/format/program.h"

namespace systolith {

// Contents of tensors by ProgramTensor name, codes in physical order.
using TensorBytes = std::map<std::string, std::vector<std::uint8_t>>;

// Sees every command's life. Cycles are of the core clock. Called in order of finish.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // [start, finish): start is when the engine took the command up, finish when its effects are
  // there.
  virtual void command_ran(const Command& command, Cycles start, Cycles finish) = 0;
};

struct RunOptions {
  bool values = false;
  std::string vcd;                  // path of a waveform file; empty: none
  RunObserver* observer = nullptr;  // not owned
  // Called about every 25 ms of host time and at the end, with the simulated cycle and the fraction
  // of commands completed; returning false stops the run with UserError "interrupted".
  std::function<bool(Cycles now, double fraction)> progress;
};

struct EngineReport {
  std::string name;   // "core0.array"
  Activity activity;  // total() == total_cycles
};

// Read and written for a layer, wherever it was kept.
struct LayerBytes {
  std::int64_t scratchpad = 0;       // of all cores: words of its banks
  std::vector<std::int64_t> levels;  // as MachineWork::levels: by those in front
  std::int64_t dram = 0;             // what channels moved, for caches' misses too
};

struct LayerReport {
  Cycles start, end;  // first command taken up, last one finished; end == start: never ran
  Cycles work_start;  // first command but loads taken up: loads run ahead, under other layers
  Cycles cycles;  // exclusive: from the latest end of all earlier layers to this one's (sums to the
                  // total)
  std::int64_t macs = 0;
  std::int64_t mac_slots = 0;   // PE cycles of them with every PE at work
  std::int64_t array_busy = 0;  // cycles the array streamed for this layer (all cores)
  std::int64_t vector_busy = 0, load_bytes = 0, store_bytes = 0;
  std::int64_t dram_bytes = 0;  // read and written by its commands; caches may have had it
  LayerBytes moved;
  std::set<TileOperand> stationary;  // what stayed in the PEs
  Cause bound_by = Cause::idle;      // see docs/guide: what most of the exclusive cycles went to
};

struct DramReport {
  std::int64_t bytes_read = 0, bytes_written = 0, requests = 0;
  std::int64_t bytes_reached = 0;             // one past the last byte that a command named
  std::int64_t row_hits = 0, row_misses = 0;  // of native bursts
  DramEvents events;                          // to the end of the run
};

struct MemoryLevelReport {
  std::string name, kind;
  LevelTraffic traffic;
};

// What energy is computed from, with DramReport::events; keys are those of hw/arch/energy_keys.h.
using EventCounts = std::map<std::string, std::int64_t>;

// What a machine has done, whoever had it do so.
struct MachineWork {
  Cycles total_cycles;
  double seconds = 0;  // simulated
  std::int64_t macs = 0;
  std::int64_t mac_slots = 0;  // PE cycles of them with every PE at work
  std::vector<EngineReport> engines;
  std::vector<MemoryLevelReport> levels;
  std::vector<LinkTraffic> links;  // of interconnects with packets
  DramReport dram;
  BandwidthReport bandwidth;
  EventCounts events;
};

struct RunResult : MachineWork {
  std::int64_t commands = 0;
  std::vector<LayerReport> layers;  // as ProgramHeader::layers
  TensorBytes outputs;              // with values: every output and state
};

// Elaborates the machine, runs the program to its end, checks the invariants (causes sum to the
// total, all commands completed, MACs as stated). Any number of runs per process, one at a time
// inside. `inputs`: every input, and the states that don't begin with the program's data.
// UserError: program compiled for another machine (which, and what differs), missing or wrongly
// sized input, more DRAM reached than the program's header plans. Deadlock: UserError that lists
// who waits for whom.
RunResult simulate(const Machine& machine, CommandSource& program, const RunOptions& options,
                   const TensorBytes& inputs = {});

}  // namespace systolith
