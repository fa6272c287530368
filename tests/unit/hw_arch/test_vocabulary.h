// A vocabulary for tests below the rooms that own the components, with this tree's presets.
#pragma once

#include "hw/arch/read_machine.h"

namespace systolith {

inline Vocabulary test_vocabulary() {
  const auto gibibytes = [](std::int64_t n) { return Bytes(n << 30); };
  Vocabulary vocabulary;
  vocabulary.dataflows = {"output_stationary", "weight_stationary"};
  vocabulary.interconnects = {"crossbar", "ring"};
  vocabulary.memory_kinds = {"scratchpad"};
  vocabulary.schedulers = {"fcfs", "fr_fcfs"};
  vocabulary.page_policies = {"closed", "open"};
  vocabulary.dram_standards = {
      {"ddr3_2133", Hertz(1'066'666'667), Bytes(64), Cycles(4), Cycles(28), Cycles(24),
       gibibytes(4)},
      {"ddr4_2400", Hertz(1'200'480'192), Bytes(64), Cycles(4), Cycles(34), Cycles(29),
       gibibytes(8)},
      {"hbm2_2000", Hertz(1'000'000'000), Bytes(32), Cycles(2), Cycles(28), Cycles(19),
       gibibytes(1)},
  };
  vocabulary.preset_directories = {SYSTOLITH_SOURCE_DIR "/hw/presets"};
  return vocabulary;
}

}  // namespace systolith
