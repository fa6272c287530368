// Timings, tight: a command is refused one clock before and taken on the clock.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/dram/dram_device.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

using C = DramCommand;

CommandSet all_commands() { return CommandSet().set(); }

// Clocks from `before` to `after` at the least, on fresh devices. Banks are counted through the
// rank.
std::int64_t distance(const DramConfig& config, C before, std::int32_t first, C after,
                      std::int32_t second) {
  const DramDevice device(config);
  TimingState state = device.timing_state(all_commands());
  const Cycles start(10'000);
  const auto place = [&](std::int32_t bank) { return device.shape.place(bank); };
  if (is_rank_wide(before))
    state.issue_to_rank(before, place(first).rank, start);
  else
    state.issue(before, place(first), start);
  const Cycles at = is_rank_wide(after) ? state.earliest_of_rank(after, place(second).rank)
                                        : state.earliest(after, place(second));
  return (later(at, start) - start).count();
}

struct Distance {
  C before, after;
  std::int64_t same_bank, same_group, other_group;
};

// Banks 0, 1 and 4 of DDR4: the same bank, another of its group, one of another group. The figures
// are added up by hand from JESD79-4's table for DDR4-2400U: RCD 17, RP 17, RAS 39, CL 17, CWL 12,
// BL/2 4, RRD 4/6, CCD 4/6, WTR 3/9, WR 18, RTP 9, RFC 420.
TEST(Timing, Ddr4AsItsTableSays) {
  const Distance distances[] = {
      {C::activate, C::read, 17, 1, 1},
      {C::activate, C::write, 17, 1, 1},
      {C::activate, C::precharge, 39, 1, 1},
      {C::activate, C::activate, 39 + 17, 6, 4},
      {C::precharge, C::activate, 17, 1, 1},
      {C::read, C::precharge, 9, 1, 1},
      {C::read, C::read, 6, 6, 4},
      {C::write, C::write, 6, 6, 4},
      {C::read, C::write, 17 + 4 + 2 - 12, 17 + 4 + 2 - 12, 17 + 4 + 2 - 12},
      {C::write, C::read, 12 + 4 + 9, 12 + 4 + 9, 12 + 4 + 3},
      {C::write, C::precharge, 12 + 4 + 18, 1, 1},
      {C::read_precharge, C::activate, 9 + 17, 1, 1},
      {C::write_precharge, C::activate, 12 + 4 + 18 + 17, 1, 1},
      {C::write, C::read_precharge, 12 + 4 + 18 - 9, 12 + 4 + 9, 12 + 4 + 3},
      {C::activate, C::precharge_all, 39, 39, 39},
      {C::precharge_all, C::activate, 17, 17, 17},
      {C::precharge, C::refresh_all, 17, 17, 17},
      {C::activate, C::refresh_all, 56, 56, 56},
      {C::refresh_all, C::activate, 420, 420, 420},
      {C::refresh_all, C::refresh_all, 420, 420, 420},
  };
  const DramConfig ddr4 = dram_config("ddr4_2400");
  for (const Distance& d : distances) {
    const auto pair = fmt::format("{} to {}", to_string(d.before), to_string(d.after));
    EXPECT_EQ(distance(ddr4, d.before, 0, d.after, 0), d.same_bank) << pair;
    EXPECT_EQ(distance(ddr4, d.before, 0, d.after, 1), d.same_group) << pair;
    EXPECT_EQ(distance(ddr4, d.before, 0, d.after, 4), d.other_group) << pair;
  }
}

// LPDDR4's ACT, RD and WR take four clocks of the command bus, its others two; JESD209-4 counts
// from the last to the last.
TEST(Timing, CommandsOfSeveralClocksCountFromTheirLast) {
  const DramConfig lpddr4 = dram_config("lpddr4_3200");
  EXPECT_EQ(distance(lpddr4, C::activate, 0, C::read, 0), 29);
  EXPECT_EQ(distance(lpddr4, C::activate, 0, C::precharge, 0), 68 + 4 - 2);
  EXPECT_EQ(distance(lpddr4, C::precharge, 0, C::activate, 0), 29 + 2 - 4);
  EXPECT_EQ(distance(lpddr4, C::precharge_all, 0, C::activate, 0), 34 + 2 - 4);
  EXPECT_EQ(distance(lpddr4, C::precharge_all, 0, C::refresh_all, 0), 34);
  EXPECT_EQ(distance(lpddr4, C::refresh_all, 0, C::activate, 0), 448 + 2 - 4);
  EXPECT_EQ(distance(lpddr4, C::write, 0, C::read, 0), 14 + 1 + 8 + 16);
  EXPECT_EQ(distance(lpddr4, C::precharge, 0, C::precharge, 1), 4);
  EXPECT_EQ(distance(lpddr4, C::activate, 0, C::precharge, 1), 4);  // the command bus
}

TEST(Timing, HbmHasACommandBusForRowsAndOneForColumns) {
  const DramConfig hbm2 = dram_config("hbm2_2000");
  EXPECT_EQ(distance(hbm2, C::activate, 0, C::read, 1), 0);
  EXPECT_EQ(distance(hbm2, C::activate, 0, C::precharge, 1), 2);  // ACT takes two clocks
  EXPECT_EQ(distance(hbm2, C::activate, 0, C::read, 0), 14 + 1);
  EXPECT_EQ(distance(hbm2, C::activate, 0, C::write, 0), 12 + 1);
}

TEST(Timing, PseudoChannelsShareNothingButTheCommandBuses) {
  DramConfig hbm2 = dram_config("hbm2_2000");
  hbm2.pseudochannels = 2;
  EXPECT_EQ(distance(hbm2, C::read, 0, C::read, 16), 1);
  EXPECT_EQ(distance(hbm2, C::read, 0, C::write, 16), 1);
  EXPECT_EQ(distance(hbm2, C::refresh_all, 0, C::activate, 16), 1);
}

TEST(Timing, RanksShareTheDataBus) {
  DramConfig ddr4 = dram_config("ddr4_2400");
  ddr4.ranks = 2;
  EXPECT_EQ(distance(ddr4, C::read, 0, C::read, 16), 4 + 2);  // burst and RTRS
  EXPECT_EQ(distance(ddr4, C::write, 0, C::write, 16), 4 + 2);
  EXPECT_EQ(distance(ddr4, C::write, 0, C::read, 16), 12 + 4 + 2 - 17);  // no WTR between ranks
  EXPECT_EQ(distance(ddr4, C::activate, 0, C::activate, 16), 1);
  EXPECT_EQ(distance(ddr4, C::refresh_all, 0, C::activate, 16), 1);
}

TEST(Timing, ARefreshOfOneBankLeavesTheOthersButForRrefd) {
  const DramConfig hbm2 = dram_config("hbm2_2000");
  EXPECT_EQ(distance(hbm2, C::refresh_bank, 0, C::activate, 0), 160 - 1);
  EXPECT_EQ(distance(hbm2, C::refresh_bank, 0, C::activate, 1), 8 - 1);
  EXPECT_EQ(distance(hbm2, C::refresh_bank, 0, C::read, 1), 0);
}

// The fifth activate waits for the window of the first.
TEST(Timing, AWindowHoldsFourActivates) {
  const DramDevice device(dram_config("ddr4_2400"));
  TimingState state = device.timing_state(all_commands());
  Cycles at(1000);
  for (const std::int32_t bank : {0, 4, 8, 12}) {
    EXPECT_EQ(state.earliest(C::activate, device.shape.place(bank)), bank == 0 ? Cycles(0) : at);
    state.issue(C::activate, device.shape.place(bank), at);
    at += Cycles(4);
  }
  EXPECT_EQ(state.earliest(C::activate, device.shape.place(1)), Cycles(1000 + 26));
}

TEST(Timing, AnOverrideReachesEveryRuleThatUsesIt) {
  DramConfig ddr4 = dram_config("ddr4_2400");
  ddr4.timing = {{"CWL", 14}, {"RCD", 20}};
  EXPECT_EQ(distance(ddr4, C::write, 0, C::precharge, 0), 14 + 4 + 18);
  EXPECT_EQ(distance(ddr4, C::read, 0, C::write, 0), 17 + 4 + 2 - 14);
  EXPECT_EQ(distance(ddr4, C::activate, 0, C::write, 0), 20);  // RCDWR follows RCD
}

TEST(Timing, ATimingThatTheStandardHasNotIsRefused) {
  DramConfig ddr4 = dram_config("ddr4_2400");
  ddr4.timing = {{"RFCB", 100}};
  try {
    DramDevice device(ddr4);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "dram.timing: ddr4_2400 has no timing RFCB");
  }
}

// Every rule of every standard: where two commands meet in its scope, no less than its latency.
TEST(Timing, EveryRuleOfEveryStandardHolds) {
  for (const auto* entry : registrations<DramStandard>()) {
    const DramConfig config = dram_config(entry->name);
    const DramDevice device(config);
    const CommandClocks& clocks = device.standard.command_clocks;
    const std::int32_t banks = device.shape.banks;
    for (const TimingRule& rule : jedec_rules(device.timings, config.facts.burst_cycles)) {
      if (rule.window > 1 || rule.scope == RuleScope::other_ranks) continue;
      const bool groups = device.shape.groups > 1;
      const std::int32_t second = rule.scope == RuleScope::bank        ? 0
                                  : rule.scope == RuleScope::bankgroup ? 1
                                  : groups                             ? banks
                                                                       : 1;
      for (const C before : rule.preceding)
        for (const C after : rule.following)
          EXPECT_GE(distance(config, before, 0, after, second),
                    rule.latency.count() + clocks.of(before) - clocks.of(after))
              << entry->name << ": " << to_string(before) << " to " << to_string(after);
    }
  }
}

}  // namespace
}  // namespace systolith
