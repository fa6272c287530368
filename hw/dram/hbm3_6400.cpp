// HBM3 at 6.4 Gb/s a pin (JEDEC JESD238A), CK 1.6 GHz, BL8: a 32-bit pseudo channel. Two make a
// channel (dram.pseudochannels). ACT takes one and a half clocks, two here; half-clock commands
// one.
//
// Currents: none are public. HBM3E's at this rate as Ayna (CMU-SAFARI/HBM-Power: config/
// HBM3E_6400MTs/power.json) extrapolates them from measured HBM2, ECC lanes among them: 1.1 V, IDD0
// 106.1, IDD2N 70.5, 16 banks open 73.3, IDD4R 560.7, IDD4W 389.5 with static data, IDD5B 164.7.
// Bursts beyond standby times 1.677 and 1.735, measured HBM2's ratio of random to static data.
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
      s.power = {1, {{1.1, 106.1, 70.5, 73.3, 890.7, 621.9, 164.7}}};
      s.command_clocks = {2, 1, 1, 1};
      s.two_command_buses = true;
      return s;
    }};

}  // namespace systolith
