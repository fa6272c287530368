// LPDDR4-3200 (JEDEC JESD209-4), tCK 0.625 ns, BL16, one 16-bit channel of 8 Gb. ACT and RD or WR
// with their CAS-2 take four clocks of the command bus, the others two. DQSCK (1.5 to 3.5 ns) is
// the part's: left out here.
//
// Currents: one channel of a Micron 6 Gb die, rails VDD1 and VDD2, as DRAMSys
// (configs/memspec/MICRON_6Gb_LPDDR4-3200_32bit_A.json) has them; VDDQ, which drives the data bus,
// is left out.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> lpddr4_3200 = {
    "lpddr4_3200", "LPDDR4-3200, 16-bit channel: 6.4 GB/s, 1 GiB.", [] {
      using T = Timing;
      DramStandard s{};
      s.clock = Hertz(1'600'000'000);
      s.burst_length = 16;
      s.burst_cycles = 8;
      s.geometry = {16, 1, 8, 65536, 1024};
      s.timings = {
          {T::CL, 28},    {T::CWL, 14},   {T::RCD, 29},   {T::RP, 29},     {T::RPAB, 34},
          {T::RAS, 68},   {T::RFC, 448},  {T::RFCB, 224}, {T::REFI, 6246}, {T::RREFD, 224},
          {T::RRD_S, 16}, {T::WTR_S, 16}, {T::FAW, 64},   {T::WR, 29},     {T::RTP, 12},
          {T::CCD_S, 8},  {T::PPD, 4},    {T::RTW, 2},    {T::RTRS, 2},    {T::DQSCK, 0},
          {T::DQSS, 1},
      };
      s.power = {1, {{1.8, 3.5, 2, 2.25, 2.25, 2.25, 10}, {1.1, 45, 27, 30, 275, 210, 90}}};
      s.command_clocks = {4, 2, 4, 2};
      return s;
    }};

}  // namespace systolith
