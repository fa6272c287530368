// DDR3-1600K (JEDEC JESD79-3F), tCK 1.25 ns, BL8, 64-bit channel of eight 4 Gb x8 devices.
//
// Currents: Micron MT41J512M8, die revisions E and J, as gem5 (src/mem/DRAMInterface.py,
// DDR3_1600_8x8) and DRAMsim3 (configs/DDR3_4Gb_x8_1600.ini) have them.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr3_1600 = {
    "ddr3_1600", "DDR3-1600, 64-bit channel: 12.8 GB/s, 4 GiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(800'000'000);
      s.burst_length = 8;
      s.burst_cycles = 4;
      s.geometry = {64, 1, 8, 65536, 1024};
      s.timings = {
          {T::CL, 11},   {T::CWL, 8},     {T::RCD, 11},  {T::RP, 11},   {T::RAS, 28},
          {T::RFC, 208}, {T::REFI, 6240}, {T::RRD_S, 5}, {T::WTR_S, 6}, {T::FAW, 24},
          {T::WR, 12},   {T::RTP, 6},     {T::CCD_S, 4}, {T::RTW, 2},   {T::RTRS, 2},
      };
      s.power = {8, {{1.5, 55, 32, 38, 157, 125, 235}}};
      return s;
    }};

}  // namespace systolith
