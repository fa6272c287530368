// One logical core: its engines, scratchpad and accumulators, wired.
#pragma once

#include <memory>
#include <systemc>

#include "hw/arch/logical_cores.h"
#include "hw/arch/partition.h"
#include "hw/array/systolic_array.h"
#include "hw/array/weight_loader.h"
#include "hw/control/cause_board.h"
#include "hw/control/command_processor.h"
#include "hw/dma/dma.h"
#include "hw/memory/accumulators.h"
#include "hw/memory/core_scratchpad.h"
#include "hw/vector/vector_unit.h"

namespace systolith {

struct CoreSpec {
  const Machine& machine;
  const LogicalCore& core;
  const Partition& partition;
  CoreId id{};
  bool values = false;
  bool traced = false;
  CommandFetch fetch;
};

class Core final : public sc_core::sc_module {
 private:
  std::string label_;
  CauseBoard causes_;
  CoreContext context_;

 public:
  sc_core::sc_port<CompletionBoard> scoreboard{"scoreboard"};

  CommandProcessor command_processor;
  Dma load_dma;
  Dma store_dma;
  WeightLoader weight_loader;
  SystolicArray array;
  Accumulators accumulators;
  VectorUnit vector_unit;
  CoreScratchpad scratchpad;

  Core(const sc_core::sc_module_name& name, const CoreSpec& spec, RunMonitor& run,
       Calendar& calendar);

  // What reports call it: "core0", of a sub-array "core0.1".
  const std::string& label() const { return label_; }
  CauseBoard& causes() { return causes_; }
  // load, store, weights, array, vector, in the order of Engine.
  std::array<EngineModule*, 5> engines() {
    return {&load_dma, &store_dma, &weight_loader, &array, &vector_unit};
  }
};

}  // namespace systolith
