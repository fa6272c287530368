// DDR4-2400U (JEDEC JESD79-4), tCK 0.833 ns, BL8, 64-bit channel of eight 8 Gb x8 devices, 1 KiB
// pages; tRFC of the 8 Gb die in the 350 ns of its data sheets.
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
      return s;
    }};

}  // namespace systolith
