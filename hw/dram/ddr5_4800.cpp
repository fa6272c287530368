// DDR5-4800B (JEDEC JESD79-5B), tCK 0.416 ns, BL16, one 32-bit channel of a module: four 16 Gb x8
// devices. CCD_L_WR is that of a write that reads, modifies and writes (20 ns).
//
// Currents: no data sheet's are public in a simulator. Ramulator 2's defaults for DDR5-3200
// (src/dram/impl/DDR5-VRR.cpp: VDD 1.1 V, IDD0 60, IDD2N 50, IDD3N 55, IDD4R and IDD4W 145, IDD5B
// 362; VPP 1.8 V, 3, refreshing 48), brought to this rate: standby and bursts draw in proportion to
// it, an activate (312.5 mA ns) and a refresh (307 mA beyond IDD3N) as there.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr5_4800 = {
    "ddr5_4800", "DDR5-4800, 32-bit channel: 19.2 GB/s, 8 GiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(2'400'000'000);
      s.burst_length = 16;
      s.burst_cycles = 8;
      s.geometry = {32, 8, 4, 65536, 1024};
      s.timings = {
          {T::CL, 40},    {T::CWL, 38},   {T::RCD, 39},    {T::RP, 39},       {T::RAS, 77},
          {T::RFC, 708},  {T::RFCB, 312}, {T::REFI, 9360}, {T::RREFD, 72},    {T::RRD_S, 8},
          {T::RRD_L, 12}, {T::WTR_S, 6},  {T::WTR_L, 24},  {T::FAW, 32},      {T::WR, 72},
          {T::RTP, 18},   {T::CCD_S, 8},  {T::CCD_L, 12},  {T::CCD_L_WR, 48}, {T::PPD, 2},
          {T::RTW, 4},    {T::RTRS, 2},
      };
      s.power = {4, {{1.1, 86.4, 75, 82.5, 217.5, 217.5, 389.5}, {1.8, 3, 3, 3, 3, 3, 48}}};
      s.command_clocks = {2, 1, 2, 1};
      s.refreshes_a_bank_of_every_group = true;
      return s;
    }};

}  // namespace systolith
