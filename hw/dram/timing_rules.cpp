#include "hw/dram/timing_rules.h"

#include <algorithm>

namespace systolith {
namespace {

using C = DramCommand;
using Commands = std::vector<DramCommand>;

const Commands kReads = {C::read, C::read_precharge};
const Commands kWrites = {C::write, C::write_precharge};

// Names as in the tables, and what JEDEC builds from them.
struct Terms {
  Cycles RCD, RCDWR, RP, RPAB, RAS, RC, RFC, RFCB, RREFD, RRD_S, RRD_L, FAW, PPD, RTP;
  Cycles read_read_S, read_read_L, write_write_S, write_write_L, read_write, write_read_S,
      write_read_L, write_precharge;
  Cycles other_read_read, other_write_write, other_read_write, other_write_read;
};

Terms terms_of(const DramTimings& t, Cycles burst) {
  using T = Timing;
  const Cycles read_data = t[T::CL] + t[T::DQSCK], write_data = t[T::CWL] + t[T::DQSS];
  Terms s{};
  s.RCD = t[T::RCD], s.RCDWR = t[T::RCDWR], s.RP = t[T::RP], s.RPAB = t[T::RPAB];
  s.RAS = t[T::RAS], s.RC = t[T::RAS] + t[T::RP], s.RFC = t[T::RFC], s.RFCB = t[T::RFCB];
  s.RREFD = t[T::RREFD], s.RRD_S = t[T::RRD_S], s.RRD_L = t[T::RRD_L], s.FAW = t[T::FAW];
  s.PPD = t[T::PPD], s.RTP = t[T::RTP];
  s.read_read_S = std::max(t[T::CCD_S], burst), s.read_read_L = std::max(t[T::CCD_L], burst);
  s.write_write_S = std::max(t[T::CCD_S_WR], burst);
  s.write_write_L = std::max(t[T::CCD_L_WR], burst);
  s.read_write = read_data + burst + t[T::RTW] - t[T::CWL];
  s.write_read_S = write_data + burst + t[T::WTR_S];
  s.write_read_L = write_data + burst + t[T::WTR_L];
  s.write_precharge = write_data + burst + t[T::WR];
  s.other_read_read = s.other_write_write = burst + t[T::RTRS];
  s.other_read_write = read_data + burst + t[T::RTRS] - t[T::CWL];
  s.other_write_read = write_data + burst + t[T::RTRS] - t[T::CL];
  return s;
}

std::vector<TimingRule> rows_and_columns(const Terms& s) {
  using S = RuleScope;
  return {
      {S::bank, {C::activate}, kReads, s.RCD},
      {S::bank, {C::activate}, kWrites, s.RCDWR},
      {S::bank, {C::activate}, {C::precharge}, s.RAS},
      {S::bank, {C::activate}, {C::activate}, s.RC},
      {S::bank, {C::precharge}, {C::activate}, s.RP},
      {S::bank, {C::read}, {C::precharge}, s.RTP},
      {S::bank, {C::write}, {C::precharge}, s.write_precharge},
      {S::bank, {C::write}, {C::read_precharge}, s.write_precharge - s.RTP},
      {S::bank, {C::read_precharge}, {C::activate}, s.RTP + s.RP},
      {S::bank, {C::write_precharge}, {C::activate}, s.write_precharge + s.RP},

      {S::bankgroup, {C::activate}, {C::activate}, s.RRD_L},
      {S::bankgroup, kReads, kReads, s.read_read_L},
      {S::bankgroup, kWrites, kWrites, s.write_write_L},
      {S::bankgroup, kWrites, kReads, s.write_read_L},

      {S::rank, {C::activate}, {C::activate}, s.RRD_S},
      {S::rank, kReads, kReads, s.read_read_S},
      {S::rank, kWrites, kWrites, s.write_write_S},
      {S::rank, kReads, kWrites, s.read_write},
      {S::rank, kWrites, kReads, s.write_read_S},
      {S::rank, {C::precharge, C::precharge_all}, {C::precharge, C::precharge_all}, s.PPD},
      {S::rank, {C::activate}, {C::precharge_all}, s.RAS},
      {S::rank, {C::precharge_all}, {C::activate}, s.RPAB},
      {S::rank, kReads, {C::precharge_all}, s.RTP},
      {S::rank, kWrites, {C::precharge_all}, s.write_precharge},

      {S::other_ranks, kReads, kReads, s.other_read_read},
      {S::other_ranks, kWrites, kWrites, s.other_write_write},
      {S::other_ranks, kReads, kWrites, s.other_read_write},
      {S::other_ranks, kWrites, kReads, s.other_write_read},
  };
}

// A refresh finds its banks precharged and leaves them so. That of one bank counts as an activate
// where activates are limited.
std::vector<TimingRule> refreshes(const Terms& s) {
  using S = RuleScope;
  const Commands opening = {C::activate, C::refresh_bank};
  return {
      {S::rank, {C::activate}, {C::refresh_all}, s.RC},
      {S::rank, {C::precharge}, {C::refresh_all}, s.RP},
      {S::rank, {C::precharge_all}, {C::refresh_all, C::refresh_bank}, s.RPAB},
      {S::rank, {C::read_precharge}, {C::refresh_all}, s.RTP + s.RP},
      {S::rank, {C::write_precharge}, {C::refresh_all}, s.write_precharge + s.RP},
      {S::rank, {C::refresh_all}, {C::activate, C::refresh_all, C::refresh_bank}, s.RFC},
      {S::rank, {C::refresh_bank}, {C::refresh_all}, s.RFCB},
      {S::rank, {C::refresh_bank}, opening, s.RREFD},
      {S::rank, {C::activate}, {C::refresh_bank}, s.RRD_S},
      {S::rank, opening, opening, s.FAW, 4},

      {S::bank, {C::activate}, {C::refresh_bank}, s.RC},
      {S::bank, {C::precharge}, {C::refresh_bank}, s.RP},
      {S::bank, {C::read_precharge}, {C::refresh_bank}, s.RTP + s.RP},
      {S::bank, {C::write_precharge}, {C::refresh_bank}, s.write_precharge + s.RP},
      {S::bank, {C::refresh_bank}, opening, s.RFCB},
  };
}

}  // namespace

std::vector<TimingRule> jedec_rules(const DramTimings& timings, Cycles burst) {
  const Terms terms = terms_of(timings, burst);
  std::vector<TimingRule> rules = rows_and_columns(terms);
  for (TimingRule& rule : refreshes(terms)) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace systolith
