// HBM2 at 2.0 Gb/s a pin (JEDEC JESD235D), tCK 1 ns, BL4: a 64-bit pseudo channel. Two of them make
// a channel and share its command buses (dram.pseudochannels). ACT takes two clocks.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> hbm2_2000 = {
    "hbm2_2000", "HBM2 at 2 Gb/s, 64-bit pseudo channel: 16 GB/s, 512 MiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'000'000'000);
      s.burst_length = 4;
      s.burst_cycles = 2;
      s.geometry = {64, 4, 4, 32768, 128};
      s.timings = {
          {T::CL, 14},   {T::CWL, 5},   {T::RCD, 14},   {T::RCDWR, 12},  {T::RP, 14},
          {T::RAS, 34},  {T::RFC, 260}, {T::RFCB, 160}, {T::REFI, 3900}, {T::RREFD, 8},
          {T::RRD_S, 4}, {T::RRD_L, 4}, {T::WTR_S, 6},  {T::WTR_L, 8},   {T::FAW, 15},
          {T::WR, 16},   {T::RTP, 5},   {T::CCD_S, 2},  {T::CCD_L, 4},   {T::RTW, 2},
          {T::RTRS, 1},
      };
      s.command_clocks = {2, 1, 1, 1};
      s.two_command_buses = true;
      return s;
    }};

}  // namespace systolith
