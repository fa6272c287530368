// The layer table of a run, filled as commands retire; memory is linear in the layers, not in the
// commands.
#pragma once

#include <array>
#include <vector>

#include "hw/control/engine.h"
#include "sim/system/simulate.h"

namespace systolith {

// Cycles by cause, summed over the cores.
using CauseCycles = std::array<std::int64_t, kCauses>;

class LayerAccount {
 public:
  explicit LayerAccount(std::size_t layers) : layers_(layers) {}

  // `spent`: what the cores' cycles have gone to by `finish`. Called in order of finish.
  void retired(const Command& command, Cycles start, Cycles finish, const CommandWork& work,
               const CauseCycles& spent);
  // Exclusive cycles and what bounds each layer. They sum to the latest finish.
  std::vector<LayerReport> reports() const;

 private:
  struct Layer {
    LayerReport report;
    bool ran = false, worked = false;
    CauseCycles spent_at_end{};
  };
  std::vector<Layer> layers_;
};

}  // namespace systolith
