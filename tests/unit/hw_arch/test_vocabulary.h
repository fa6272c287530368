// A vocabulary for tests below the rooms that own the components, with this tree's presets.
#pragma once

#include <array>

#include "hw/arch/read_machine.h"

namespace systolith {

// A standard of that many rows, groups and banks in each, columns and bytes in them.
inline DramStandardFacts test_standard(const char* name, Hertz clock, std::int64_t burst_cycles,
                                       const std::array<std::int64_t, 5>& shape,
                                       std::int64_t burst_columns) {
  DramStandardFacts facts{name, clock, Cycles(burst_cycles), {}, {}, {}};
  facts.extents[DramField::row] = shape[0];
  facts.extents[DramField::bankgroup] = shape[1];
  facts.extents[DramField::bank] = shape[2];
  facts.extents[DramField::column] = shape[3];
  facts.extents.column_width = Bytes(shape[4]);
  facts.extents.burst_columns = burst_columns;
  facts.timings = {{"CL", 17},  {"CWL", 12}, {"RCD", 17},  {"RP", 17},
                   {"RAS", 39}, {"WR", 18},  {"RFC", 420}, {"REFI", 9360}};
  return facts;
}

inline Vocabulary test_vocabulary() {
  Vocabulary vocabulary;
  vocabulary.dataflows = {"output_stationary", "weight_stationary"};
  vocabulary.interconnects = {"crossbar", "ring"};
  vocabulary.memory_kinds = {"cache", "fifo", "host", "scratchpad"};
  vocabulary.replacements = {"lru", "plru", "random"};
  vocabulary.schedulers = {"fcfs", "fr_fcfs"};
  vocabulary.page_policies = {"closed", "open", "timeout"};
  vocabulary.refresh_policies = {"all_bank", "none", "per_bank"};
  vocabulary.dram_standards = {
      test_standard("ddr3_2133", Hertz(1'066'666'667), 4, {65536, 1, 8, 1024, 8}, 8),
      test_standard("ddr4_2400", Hertz(1'200'000'000), 4, {65536, 4, 4, 1024, 8}, 8),
      test_standard("hbm2_2000", Hertz(1'000'000'000), 2, {32768, 4, 4, 128, 8}, 4),
  };
  vocabulary.dram_standards.back().timings["RFCB"] = 160;
  vocabulary.preset_directories = {SYSTOLITH_SOURCE_DIR "/hw/presets"};
  return vocabulary;
}

}  // namespace systolith
