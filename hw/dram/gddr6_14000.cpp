// GDDR6 at 14 Gb/s a pin (JEDEC JESD250C), CK 1.75 GHz with quad data rate WCK, BL16, one 16-bit
// channel of an 8 Gb device; row timings of 8 Gb data sheets.
//
// Currents: bursts draw what makes up, with an open row's standby, the 7.5 pJ a bit of average
// device power that Micron publishes for GDDR6 (micron.com, "Ultra-Bandwidth Solutions"): 7.5 pJ x
// 224 Gb/s / 1.35 V. That includes the data bus, unlike most standards here. The others are half of
// a 32-bit GDDR5X device's in DRAMsim3 (configs/GDDR5X_8Gb_x32.ini).
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> gddr6_14000 = {
    "gddr6_14000", "GDDR6 at 14 Gb/s, 16-bit channel: 28 GB/s, 512 MiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'750'000'000);
      s.burst_length = 16;
      s.burst_cycles = 2;
      s.geometry = {16, 4, 4, 16384, 1024};
      s.timings = {
          {T::CL, 24},   {T::CWL, 6},   {T::RCD, 26},   {T::RCDWR, 16},  {T::RP, 26},
          {T::RAS, 53},  {T::RFC, 210}, {T::RFCB, 105}, {T::REFI, 3325}, {T::RREFD, 14},
          {T::RRD_S, 7}, {T::RRD_L, 7}, {T::WTR_S, 9},  {T::WTR_L, 11},  {T::FAW, 28},
          {T::WR, 26},   {T::RTP, 4},   {T::CCD_S, 2},  {T::CCD_L, 4},   {T::RTW, 2},
          {T::RTRS, 1},
      };
      s.power = {1, {{1.35, 37.5, 22.5, 27.5, 1244, 1244, 143}}};
      return s;
    }};

}  // namespace systolith
