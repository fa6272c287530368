// DDR3-2133N (JEDEC JESD79-3F), tCK 0.938 ns, BL8, 64-bit channel of eight 4 Gb x8 devices.
//
// Currents: Micron MT41J512M8, as gem5 (src/mem/DRAMInterface.py, DDR3_2133_8x8) has them.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr3_2133 = {
    "ddr3_2133", "DDR3-2133, 64-bit channel: 17.1 GB/s, 4 GiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'066'666'667);
      s.burst_length = 8;
      s.burst_cycles = 4;
      s.geometry = {64, 1, 8, 65536, 1024};
      s.timings = {
          {T::CL, 14},   {T::CWL, 10},    {T::RCD, 14},  {T::RP, 14},   {T::RAS, 36},
          {T::RFC, 278}, {T::REFI, 8320}, {T::RRD_S, 6}, {T::WTR_S, 8}, {T::FAW, 27},
          {T::WR, 16},   {T::RTP, 8},     {T::CCD_S, 4}, {T::RTW, 2},   {T::RTRS, 2},
      };
      s.power = {8, {{1.5, 70, 37, 44, 191, 157, 250}}};
      return s;
    }};

}  // namespace systolith
