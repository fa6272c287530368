// HBM3 at 6.4 Gb/s a pin (JEDEC JESD238A), CK 1.6 GHz, BL8: a 32-bit pseudo channel. Two make a
// channel (dram.pseudochannels). ACT takes one and a half clocks, two here; half-clock commands
// one.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> hbm3_6400 = {
    "hbm3_6400", "HBM3 at 6.4 Gb/s, 32-bit pseudo channel: 25.6 GB/s, 512 MiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'600'000'000);
      s.burst_length = 8;
      s.burst_cycles = 2;
      s.geometry = {32, 4, 4, 32768, 256};
      s.timings = {
          {T::CL, 26},   {T::CWL, 8},   {T::RCD, 26},   {T::RCDWR, 14},  {T::RP, 26},
          {T::RAS, 48},  {T::RFC, 560}, {T::RFCB, 320}, {T::REFI, 6240}, {T::RREFD, 13},
          {T::RRD_S, 8}, {T::RRD_L, 8}, {T::WTR_S, 8},  {T::WTR_L, 12},  {T::FAW, 24},
          {T::WR, 24},   {T::RTP, 6},   {T::CCD_S, 2},  {T::CCD_L, 4},   {T::PPD, 2},
          {T::RTW, 2},   {T::RTRS, 1},
      };
      s.command_clocks = {2, 1, 1, 1};
      s.two_command_buses = true;
      return s;
    }};

}  // namespace systolith
