// The timings of a DRAM standard, in clocks of its command clock, by the names of JEDEC's tables.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "hw/base/units.h"

namespace systolith {

enum class Timing : std::uint8_t {
  CL,
  CWL,
  RCD,
  RCDWR,
  RP,
  RPAB,
  RAS,
  RFC,
  RFCB,
  REFI,
  RREFD,
  RRD_S,
  RRD_L,
  WTR_S,
  WTR_L,
  FAW,
  WR,
  RTP,
  CCD_S,
  CCD_L,
  CCD_S_WR,
  CCD_L_WR,
  PPD,
  RTW,
  RTRS,
  DQSCK,
  DQSS
};
inline constexpr std::size_t kTimings = 27;

struct TimingName {
  Timing timing;
  std::string_view name;
  std::string_view meaning;
  Timing otherwise;  // where a standard does not tell the two apart; itself: it must say
};
extern const std::array<TimingName, kTimings> kTimingNames;

class DramTimings {
 public:
  DramTimings() { clocks_.fill(kUnset); }
  DramTimings(std::initializer_list<std::pair<Timing, std::int64_t>> clocks) : DramTimings() {
    for (const auto& [timing, count] : clocks) set(timing, Cycles(count));
  }

  void set(Timing timing, Cycles clocks) {
    clocks_[static_cast<std::size_t>(timing)] = clocks.count();
  }
  // Whether the standard's own table has it.
  bool has(Timing timing) const { return clocks_[static_cast<std::size_t>(timing)] != kUnset; }
  // Zero where neither the table nor what stands in for it says anything.
  Cycles operator[](Timing timing) const;

 private:
  static constexpr std::int64_t kUnset = -1;
  std::array<std::int64_t, kTimings> clocks_;
};

}  // namespace systolith
