// One run of a program on an elaborated machine: advances the kernel, keeps the books.
#pragma once

#include <exception>
#include <memory>

#include "sim/system/layer_account.h"
#include "sim/system/simulate.h"
#include "sim/system/top.h"
#include "sim/system/waveform.h"

namespace systolith {

class Run final : public RunMonitor {
 public:
  Run(const Machine& machine, CommandSource& program, const RunOptions& options);

  void write_inputs(const TensorBytes& inputs);
  void execute();
  RunResult result();

 private:
  void retired(const Command& command, Cycles start, Cycles finish,
               const CommandWork& work) override;
  void failed(std::exception_ptr failure) override;

  void report_progress();
  void note_memory(const Command& command);
  void check_finished();
  [[noreturn]] void report_deadlock();
  CauseCycles spent_at(Cycles now);
  // Of shared memories, by layer.
  void note_traffic(std::vector<LayerReport>& layers) const;
  void read_outputs(TensorBytes& outputs);

  const Machine& machine_;
  CommandSource& program_;
  const RunOptions& options_;
  LayerAccount layers_;
  Top top_;
  std::unique_ptr<Waveform> waveform_;
  std::exception_ptr failure_;
  Cycles total_;
  std::int64_t retired_ = 0;
  std::int64_t dram_end_ = 0;  // one past the last byte of DRAM that a command named
};

}  // namespace systolith
