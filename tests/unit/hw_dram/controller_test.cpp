// One channel, request by request, on clocks worked out by hand. DDR4-2400: RCD 17, CL 17, RP 17,
// BL/2 4, CCD 4/6, RFC 420, REFI 9360 (hw/dram/ddr4_2400.cpp).
#include "hw/dram/dram_controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/dram_config.h"

namespace systolith {
namespace {

using C = DramCommand;

struct Issued {
  C command;
  std::int32_t bank;
  std::int64_t at;
  bool operator==(const Issued& o) const {
    return command == o.command && bank == o.bank && at == o.at;
  }
};
void PrintTo(const Issued& issued, std::ostream* out) {
  *out << to_string(issued.command) << " bank " << issued.bank << " at " << issued.at;
}

DramConfig ddr4() {
  DramConfig config = dram_config("ddr4_2400", 1, "row:bank:bankgroup:column");
  config.refresh = "none";
  return config;
}

// Addresses by row, group, bank and burst of the row in the mapping above.
std::uint64_t at(std::uint64_t row, std::uint64_t group, std::uint64_t bank, std::uint64_t burst) {
  return (((row * 4 + bank) * 4 + group) * 128 + burst) * 64;
}

struct Channel final : DramCommandObserver {
  explicit Channel(const DramConfig& config) : controller(config) { controller.observe(this); }
  void issued(C command, std::int32_t bank, std::int64_t, Cycles clock) override {
    commands.push_back({command, bank, clock.count()});
  }
  void send(bool write, std::uint64_t address, std::int64_t now) {
    const DramRequest request{address, write, {}, sent++};
    ASSERT_TRUE(controller.accepts(request));
    while (controller.next() < Cycles(now)) controller.step();
    controller.accept(request, Cycles(now));
  }
  void read(std::uint64_t address, std::int64_t now) { send(false, address, now); }
  void write(std::uint64_t address, std::int64_t now) { send(true, address, now); }
  // Runs to the end; the answers by tag.
  std::map<std::uint64_t, std::int64_t> finish() {
    while (controller.next() != DramController::kNever) controller.step();
    std::map<std::uint64_t, std::int64_t> answers;
    for (const DramAnswer& answer : controller.answers()) answers[answer.tag] = answer.at.count();
    return answers;
  }

  DramController controller;
  std::vector<Issued> commands;
  std::uint64_t sent = 0;
};

TEST(DramController, ALoneReadTakesWhatItsRowTakes) {
  Channel channel(ddr4());
  channel.read(at(5, 0, 0, 0), 1000);
  channel.read(at(5, 0, 0, 1), 2000);
  channel.read(at(6, 0, 0, 0), 3000);
  const auto answers = channel.finish();
  EXPECT_EQ(answers.at(0), 1000 + 17 + 17 + 4);       // closed: RCD + CL + burst
  EXPECT_EQ(answers.at(1), 2000 + 17 + 4);            // open: CL + burst
  EXPECT_EQ(answers.at(2), 3000 + 17 + 17 + 17 + 4);  // another row open: RP + RCD + CL + burst
  EXPECT_EQ(channel.controller.counters().row_hits, 1);
  EXPECT_EQ(channel.controller.counters().row_misses, 2);
}

// The same for every standard, from its own table.
TEST(DramController, ALoneReadOfEveryStandard) {
  for (const auto* entry : registrations<DramStandard>()) {
    DramConfig config = dram_config(entry->name);
    config.refresh = "none";
    const auto t = [&](const char* name) { return config.facts.timings.at(name); };
    const CommandClocks clocks = entry->create().command_clocks;
    const std::int64_t data = clocks.column - 1 + t("CL") + config.facts.burst_cycles.count();
    const std::int64_t open = t("RCD") + clocks.activate - clocks.column;
    const std::int64_t close = t("RP") + clocks.precharge - clocks.activate;
    const auto row =
        static_cast<std::uint64_t>(config.capacity().count() / config.extents()[DramField::row]);
    Channel channel(config);
    channel.read(0, 1000);
    channel.read(0, 2000);
    channel.read(row, 3000);
    const auto answers = channel.finish();
    EXPECT_EQ(answers.at(0), 1000 + open + data) << entry->name;
    EXPECT_EQ(answers.at(1), 2000 + data) << entry->name;
    EXPECT_EQ(answers.at(2), 3000 + close + open + data) << entry->name;
  }
}

TEST(DramController, ReadsOfOneRowAreCcdApart) {
  Channel channel(ddr4());
  for (std::uint64_t i = 0; i < 4; ++i) channel.read(at(0, 0, 0, i), static_cast<std::int64_t>(i));
  channel.read(at(0, 1, 0, 0), 4);
  channel.finish();
  const std::vector<Issued> expected = {{C::activate, 0, 0},  // CCD_L is 6, RRD_S 4
                                        {C::activate, 4, 4}, {C::read, 0, 17},
                                        {C::read, 4, 21},  // in the gap, CCD_S after and before
                                        {C::read, 0, 25},    {C::read, 0, 31},
                                        {C::read, 0, 37}};
  EXPECT_EQ(channel.commands, expected);
}

TEST(DramController, AReadOfAPostedWriteIsAnsweredFromTheQueue) {
  DramConfig config = ddr4();
  Channel channel(config);
  channel.read(at(9, 1, 1, 0), 0);  // reads wait, so that writes do too
  channel.write(at(3, 0, 0, 0), 1);
  channel.read(at(3, 0, 0, 0), 2);
  const auto answers = channel.finish();
  EXPECT_EQ(answers.at(2), 3);
  EXPECT_EQ(channel.controller.counters().forwarded, 1);
  EXPECT_EQ(channel.controller.counters().commands[static_cast<std::size_t>(C::read)], 1);
}

TEST(DramController, AWriteDoesNotOvertakeAReadOfItsBurst) {
  Channel channel(ddr4());
  channel.read(at(3, 0, 0, 7), 0);
  EXPECT_FALSE(channel.controller.accepts({at(3, 0, 0, 7), true, {}, 0}));
  EXPECT_TRUE(channel.controller.accepts({at(3, 0, 0, 8), true, {}, 0}));
  channel.finish();
  EXPECT_TRUE(channel.controller.accepts({at(3, 0, 0, 7), true, {}, 0}));
}

TEST(DramController, AFullQueueTakesNoMoreOfItsKind) {
  DramConfig config = ddr4();
  config.read_queue = 2;
  Channel channel(config);
  channel.read(at(0, 0, 0, 0), 0);
  channel.read(at(1, 0, 0, 0), 0);
  EXPECT_FALSE(channel.controller.accepts({at(2, 0, 0, 0), false, {}, 0}));
  EXPECT_TRUE(channel.controller.accepts({at(2, 0, 0, 0), true, {}, 0}));
}

// The order of column commands to one row per request, so that it shows who was served.
std::vector<C> columns(const Channel& channel) {
  std::vector<C> found;
  for (const Issued& issued : channel.commands)
    if (is_column(issued.command)) found.push_back(issued.command);
  return found;
}

TEST(DramController, WritesWaitForReadsUntilTheHighWatermark) {
  DramConfig config = ddr4();
  config.write_queue = 8;
  config.write_high = 4;
  config.write_low = 2;
  Channel channel(config);
  for (std::uint64_t i = 0; i < 20; ++i) channel.read(at(0, 0, 0, i), 0);
  for (std::uint64_t i = 0; i < 4; ++i) channel.write(at(0, 1, 0, i), 1);
  channel.write(at(0, 1, 0, 4), 60);  // the fifth: more than write_high
  channel.finish();
  const std::vector<C> order = columns(channel);
  const auto first = std::find(order.begin(), order.end(), C::write);
  EXPECT_GT(first - order.begin(), 4);  // reads went ahead
  EXPECT_LT(first - order.begin(), 20);
  const std::vector<C> drained(first, first + 4);
  EXPECT_EQ(drained, (std::vector<C>{C::write, C::write, C::write, C::read}));  // 2 are left
  EXPECT_EQ(order.back(), C::write);  // when no read waits
}

TEST(DramController, FirstReadyLetsAYoungerHitGoAhead) {
  Channel channel(ddr4());
  channel.read(at(0, 0, 0, 0), 0);
  channel.read(at(1, 0, 0, 0), 1);  // another row of the bank
  channel.read(at(0, 0, 0, 1), 2);
  const auto answers = channel.finish();
  EXPECT_LT(answers.at(2), answers.at(1));
}

TEST(DramController, FirstReadyClosesARowForAnOlderRequestAsSoonAsItMay) {
  Channel channel(ddr4());
  channel.read(at(0, 0, 0, 0), 0);
  channel.read(at(1, 0, 0, 0), 1);
  channel.read(at(0, 0, 0, 1), 50);  // a hit, after the precharge might go at RAS = 39
  const auto answers = channel.finish();
  EXPECT_LT(answers.at(1), answers.at(2));
}

TEST(DramController, FirstComeServesOneAfterTheOther) {
  DramConfig config = ddr4();
  config.scheduler = "fcfs";
  Channel channel(config);
  channel.read(at(0, 0, 0, 0), 0);
  channel.read(at(1, 0, 0, 0), 0);
  channel.read(at(0, 0, 0, 1), 0);
  channel.read(at(0, 1, 0, 0), 0);
  const auto answers = channel.finish();
  EXPECT_LT(answers.at(0), answers.at(1));
  EXPECT_LT(answers.at(1), answers.at(2));
  EXPECT_LT(answers.at(2), answers.at(3));
  EXPECT_EQ(channel.controller.counters().row_misses, 4);
}

TEST(DramController, AnOpenPageStaysOpen) {
  Channel channel(ddr4());
  channel.read(at(0, 0, 0, 0), 0);
  channel.read(at(0, 0, 0, 1), 9000);
  channel.finish();
  EXPECT_EQ(channel.commands.back(), (Issued{C::read, 0, 9000}));
}

TEST(DramController, AClosedPageIsClosedWithTheLastWaitingAccess) {
  DramConfig config = ddr4();
  config.page = "closed";
  Channel channel(config);
  channel.read(at(0, 0, 0, 0), 0);
  channel.read(at(0, 0, 0, 1), 0);
  channel.write(at(0, 1, 0, 0), 1000);
  channel.finish();
  EXPECT_EQ(columns(channel), (std::vector<C>{C::read, C::read_precharge, C::write_precharge}));
  EXPECT_EQ(channel.controller.counters().commands[static_cast<std::size_t>(C::precharge)], 0);
}

TEST(DramController, ATimeoutPageIsClosedAfterItsTime) {
  DramConfig config = ddr4();
  config.page = "timeout";
  config.page_timeout = Cycles(200);
  Channel channel(config);
  channel.read(at(0, 0, 0, 0), 0);
  channel.read(at(0, 0, 0, 1), 150);   // still open: the time starts anew
  channel.read(at(0, 0, 0, 2), 1000);  // closed meanwhile
  channel.finish();
  const std::vector<Issued> expected = {{C::activate, 0, 0},    {C::read, 0, 17},
                                        {C::read, 0, 150},      {C::precharge, 0, 350},
                                        {C::activate, 0, 1000}, {C::read, 0, 1017}};
  EXPECT_EQ(channel.commands, expected);
}

TEST(DramController, ARefreshOfAllBanksStopsThem) {
  DramConfig config = ddr4();
  config.refresh = "all_bank";
  Channel channel(config);
  channel.read(at(0, 0, 0, 0), 9000);
  channel.read(at(0, 0, 0, 1), 9360);  // on the clock that the refresh is due
  const auto answers = channel.finish();
  const std::vector<Issued> expected = {{C::activate, 0, 9000},       {C::read, 0, 9017},
                                        {C::precharge_all, 0, 9360},  {C::refresh_all, 0, 9377},
                                        {C::activate, 0, 9377 + 420}, {C::read, 0, 9797 + 17}};
  EXPECT_EQ(channel.commands, expected);
  EXPECT_EQ(answers.at(1), 9814 + 21);
}

TEST(DramController, ARefreshOfOneBankLetsTheOthersGoOn) {
  DramConfig config = dram_config("hbm2_2000", 1, "row:bank:bankgroup:column");
  config.refresh = "per_bank";
  Channel channel(config);  // every 3900 / 16 = 243 clocks
  channel.read(0, 0);
  channel.read(0, 250);         // bank 0, refreshed at 243 after PRE and RP
  channel.read(4 * 1024, 251);  // bank 1 of the groups
  const auto answers = channel.finish();
  EXPECT_THAT(channel.commands, testing::Contains(Issued{C::precharge, 0, 243}));
  EXPECT_THAT(channel.commands, testing::Contains(Issued{C::refresh_bank, 0, 243 + 14}));
  EXPECT_GT(answers.at(1), 257 + 160);
  EXPECT_LT(answers.at(2), 300);
}

TEST(DramController, TheCommandsOfAnIdleTimeAreCountedNotPlayed) {
  DramConfig config = ddr4();
  config.refresh = "all_bank";
  const std::int64_t intervals = 1'000'000;
  Channel shortly(config), late(config);
  for (Channel* channel : {&shortly, &late}) channel->read(at(0, 0, 0, 0), 0);
  shortly.finish();
  late.finish();
  shortly.read(at(0, 0, 0, 1), 4 * 9360 + 5000);
  late.read(at(0, 0, 0, 1), (4 + intervals) * 9360 + 5000);
  EXPECT_EQ(late.finish().at(1) - shortly.finish().at(1), intervals * 9360);
  const auto refreshes = [](const Channel& channel) {
    return channel.controller.counters().commands[static_cast<std::size_t>(C::refresh_all)];
  };
  EXPECT_EQ(refreshes(late) - refreshes(shortly), intervals);
}

TEST(DramController, AStandardWithoutRefreshOfOneBankRefusesIt) {
  DramConfig config = ddr4();
  config.refresh = "per_bank";
  try {
    DramController controller(config);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "dram.refresh: ddr4_2400 has no refresh of one bank (allowed: all_bank, none)");
  }
}

}  // namespace
}  // namespace systolith
