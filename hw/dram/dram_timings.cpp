#include "hw/dram/dram_timings.h"

namespace systolith {

const std::array<TimingName, kTimings> kTimingNames = {{
    {Timing::CL, "CL", "read command to its data", Timing::CL},
    {Timing::CWL, "CWL", "write command to its data", Timing::CWL},
    {Timing::RCD, "RCD", "activate to read", Timing::RCD},
    {Timing::RCDWR, "RCDWR", "activate to write", Timing::RCD},
    {Timing::RP, "RP", "precharge of a bank", Timing::RP},
    {Timing::RPAB, "RPAB", "precharge of all banks", Timing::RP},
    {Timing::RAS, "RAS", "activate to precharge", Timing::RAS},
    {Timing::RFC, "RFC", "refresh of all banks", Timing::RFC},
    {Timing::RFCB, "RFCB", "refresh of a bank", Timing::RFCB},
    {Timing::REFI, "REFI", "interval in which every bank gets one refresh", Timing::REFI},
    {Timing::RREFD, "RREFD", "refresh of a bank to a command to another", Timing::RREFD},
    {Timing::RRD_S, "RRD_S", "activate to activate, other bank group", Timing::RRD_S},
    {Timing::RRD_L, "RRD_L", "activate to activate, same bank group", Timing::RRD_S},
    {Timing::WTR_S, "WTR_S", "end of write data to read, other bank group", Timing::WTR_S},
    {Timing::WTR_L, "WTR_L", "end of write data to read, same bank group", Timing::WTR_S},
    {Timing::FAW, "FAW", "window of at most four activates", Timing::FAW},
    {Timing::WR, "WR", "end of write data to precharge", Timing::WR},
    {Timing::RTP, "RTP", "read to precharge", Timing::RTP},
    {Timing::CCD_S, "CCD_S", "read to read, other bank group", Timing::CCD_S},
    {Timing::CCD_L, "CCD_L", "read to read, same bank group", Timing::CCD_S},
    {Timing::CCD_S_WR, "CCD_S_WR", "write to write, other bank group", Timing::CCD_S},
    {Timing::CCD_L_WR, "CCD_L_WR", "write to write, same bank group", Timing::CCD_L},
    {Timing::PPD, "PPD", "precharge to precharge", Timing::PPD},
    {Timing::RTW, "RTW", "bus turnaround between read data and write data", Timing::RTW},
    {Timing::RTRS, "RTRS", "bus turnaround between two ranks", Timing::RTRS},
    {Timing::DQSCK, "DQSCK", "clock to read strobe, beyond CL", Timing::DQSCK},
    {Timing::DQSS, "DQSS", "clock to write strobe, beyond CWL", Timing::DQSS},
}};

Cycles DramTimings::operator[](Timing timing) const {
  for (;;) {
    if (has(timing)) return Cycles(clocks_[static_cast<std::size_t>(timing)]);
    const Timing otherwise = kTimingNames[static_cast<std::size_t>(timing)].otherwise;
    if (otherwise == timing) return Cycles(0);
    timing = otherwise;
  }
}

}  // namespace systolith
