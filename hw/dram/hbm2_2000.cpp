// HBM2 at 2.0 Gb/s a pin (JEDEC JESD235D), tCK 1 ns, BL4: a 64-bit pseudo channel. Two of them make
// a channel and share its command buses (dram.pseudochannels). ACT takes two clocks.
//
// Currents: measured on 36 HBM2 chips at 1.2 Gb/s a pin (Ayna, CMU-SAFARI/HBM-Power: config/
// HBM2_1200MTs/power.json, with random data case_studies/hbm2_model_comparison/configs/
// IDD_ours_random.json), a pseudo channel's share: IDD2N 11.756, 16 banks open 2.525 more, reads
// 316.1 and writes 213.6 beyond that, an activate 790 mA ns (948 pJ; O'Connor et al., MICRO 2017:
// 909), a refresh 53.94 mA for 350 ns. Brought to this rate: standby, as measured, and bursts in
// proportion, activates and refreshes at equal charge. The rail feeds the data bus too.
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
      s.power = {1, {{1.2, 37.8, 19.6, 22.1, 549, 378, 94.7}}};
      s.command_clocks = {2, 1, 1, 1};
      s.two_command_buses = true;
      return s;
    }};

}  // namespace systolith
