// LPDDR5-6400 (JEDEC JESD209-5B), CK 800 MHz with WCK at four times it, bank-group mode, BL16, one
// 16-bit channel of 8 Gb. ACT takes two clocks (ACT-1, ACT-2); WCK stays synchronised.
//
// Currents: none are public. Each command's energy and standby's power are 0.7 of
// lpddr4_3200.cpp's: Samsung announced up to 30 % less power than LPDDR4X's (17 July 2018). VDD2H
// is 1.05 V, so 0.733 of VDD2's current; bursts draw it at twice the rate.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> lpddr5_6400 = {
    "lpddr5_6400", "LPDDR5-6400, 16-bit channel: 12.8 GB/s, 1 GiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(800'000'000);
      s.burst_length = 16;
      s.burst_cycles = 2;
      s.geometry = {16, 4, 4, 32768, 1024};
      s.timings = {
          {T::CL, 17},   {T::CWL, 9},   {T::RCD, 15},  {T::RP, 15},     {T::RPAB, 17},
          {T::RAS, 34},  {T::RFC, 168}, {T::RFCB, 96}, {T::REFI, 3125}, {T::RREFD, 96},
          {T::RRD_S, 4}, {T::RRD_L, 4}, {T::WTR_S, 5}, {T::WTR_L, 10},  {T::FAW, 16},
          {T::WR, 28},   {T::RTP, 8},   {T::CCD_S, 2}, {T::CCD_L, 4},   {T::PPD, 2},
          {T::RTW, 2},   {T::RTRS, 2},
      };
      s.power = {1,
                 {{1.8, 2.45, 1.4, 1.575, 1.575, 1.575, 7}, {1.05, 33, 19.8, 22, 381.3, 286, 66}}};
      s.command_clocks = {2, 1, 1, 1};
      return s;
    }};

}  // namespace systolith
