// DDR4-2400U (JEDEC JESD79-4), tCK 0.833 ns, BL8, 64-bit channel of eight 8 Gb x8 devices, 1 KiB
// pages; tRFC of the 8 Gb die in the 350 ns of its data sheets.
//
// Currents: Micron MT40A1G8, as gem5 (src/mem/DRAMInterface.py, DDR4_2400_8x8) and DRAMsim3
// (configs/DDR4_8Gb_x8_2400.ini) have them. Of VPP, gem5 has 3 mA with and without activates; what
// refreshes draw from it beyond that is left out.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr4_2400 = {
    "ddr4_2400", "DDR4-2400, 64-bit channel: 19.2 GB/s, 8 GiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'200'000'000);
      s.burst_length = 8;
      s.burst_cycles = 4;
      s.geometry = {64, 4, 4, 65536, 1024};
      s.timings = {
          {T::CL, 17},   {T::CWL, 12},    {T::RCD, 17},  {T::RP, 17},   {T::RAS, 39},
          {T::RFC, 420}, {T::REFI, 9360}, {T::RRD_S, 4}, {T::RRD_L, 6}, {T::WTR_S, 3},
          {T::WTR_L, 9}, {T::FAW, 26},    {T::WR, 18},   {T::RTP, 9},   {T::CCD_S, 4},
          {T::CCD_L, 6}, {T::RTW, 2},     {T::RTRS, 2},
      };
      s.power = {8, {{1.2, 48, 34, 43, 135, 123, 250}, {2.5, 3, 3, 3, 3, 3, 3}}};
      return s;
    }};

}  // namespace systolith
