// HBM2E at 3.2 Gb/s a pin (JEDEC JESD235D), tCK 0.625 ns, BL4: a 64-bit pseudo channel, with HBM2's
// times in nanoseconds. Two make a channel (dram.pseudochannels). ACT takes two clocks.
//
// Currents: measured on 36 HBM2 chips at 1.2 Gb/s a pin (Ayna, CMU-SAFARI/HBM-Power: config/
// HBM2_1200MTs/power.json, with random data case_studies/hbm2_model_comparison/configs/
// IDD_ours_random.json), a pseudo channel's share: IDD2N 11.756, 16 banks open 2.525 more, reads
// 316.1 and writes 213.6 beyond that, an activate 790 mA ns (948 pJ; O'Connor et al., MICRO 2017:
// 909), a refresh 53.94 mA for 350 ns. Brought to this rate: standby, as measured, and bursts in
// proportion, activates and refreshes at equal charge. The rail feeds the data bus too.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> hbm2e_3200 = {
    "hbm2e_3200", "HBM2E at 3.2 Gb/s, 64-bit pseudo channel: 25.6 GB/s, 512 MiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'600'000'000);
      s.burst_length = 4;
      s.burst_cycles = 2;
      s.geometry = {64, 4, 4, 32768, 128};
      s.timings = {
          {T::CL, 23},   {T::CWL, 8},   {T::RCD, 23},   {T::RCDWR, 20},  {T::RP, 23},
          {T::RAS, 55},  {T::RFC, 416}, {T::RFCB, 256}, {T::REFI, 6240}, {T::RREFD, 13},
          {T::RRD_S, 4}, {T::RRD_L, 7}, {T::WTR_S, 6},  {T::WTR_L, 13},  {T::FAW, 24},
          {T::WR, 26},   {T::RTP, 8},   {T::CCD_S, 2},  {T::CCD_L, 4},   {T::RTW, 2},
          {T::RTRS, 1},
      };
      s.power = {1, {{1.2, 49.4, 31.3, 33.9, 876.8, 603.5, 106.5}}};
      s.command_clocks = {2, 1, 1, 1};
      s.two_command_buses = true;
      return s;
    }};

}  // namespace systolith
