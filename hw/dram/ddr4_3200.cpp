// DDR4-3200AA (JEDEC JESD79-4), tCK 0.625 ns, BL8, 64-bit channel of eight 8 Gb x8 devices, 1 KiB
// pages; tRFC of the 8 Gb die in the 350 ns of its data sheets.
//
// Currents: an 8 Gb x8 device as DRAMsim3 (configs/DDR4_8Gb_x8_3200.ini) has it. VPP as in
// ddr4_2400.cpp.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr4_3200 = {
    "ddr4_3200", "DDR4-3200, 64-bit channel: 25.6 GB/s, 8 GiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'600'000'000);
      s.burst_length = 8;
      s.burst_cycles = 4;
      s.geometry = {64, 4, 4, 65536, 1024};
      s.timings = {
          {T::CL, 22},    {T::CWL, 16},     {T::RCD, 22},  {T::RP, 22},   {T::RAS, 52},
          {T::RFC, 560},  {T::REFI, 12480}, {T::RRD_S, 4}, {T::RRD_L, 8}, {T::WTR_S, 4},
          {T::WTR_L, 12}, {T::FAW, 34},     {T::WR, 24},   {T::RTP, 12},  {T::CCD_S, 4},
          {T::CCD_L, 8},  {T::RTW, 2},      {T::RTRS, 2},
      };
      s.power = {8, {{1.2, 57, 37, 52, 168, 150, 250}, {2.5, 3, 3, 3, 3, 3, 3}}};
      return s;
    }};

}  // namespace systolith
