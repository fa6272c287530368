#include <gtest/gtest.h>

#include <random>

#include "hw/dram/dram_replay.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

const DramStandard& standard(const std::string& name) {
  static std::map<std::string, DramStandard> known;
  return known.try_emplace(name, registration<DramStandard>(name).create()).first->second;
}

ReplayReport replay(const DramConfig& config, std::vector<TraceRequest> requests) {
  std::size_t next = 0;
  return DramReplay(config, 32).run([&](TraceRequest& request) {
    if (next == requests.size()) return false;
    request = requests[next++];
    return true;
  });
}

DramConfig config(const char* name, const char* page, const char* refresh) {
  DramConfig dram = dram_config(name);
  dram.page = page;
  dram.refresh = refresh;
  return dram;
}

double total(const std::array<DramEnergy, kDramEnergies>& parts) {
  double sum = 0;
  for (const DramEnergy& part : parts) sum += part.picojoules;
  return sum;
}

// V times the current, of all devices of a rank for one clock, in pJ.
double drawn(const DramStandard& s, double DramRail::*current) {
  double milliwatts = 0;
  for (const DramRail& rail : s.power.rails) milliwatts += rail.volts * (rail.*current);
  return milliwatts * static_cast<double>(s.power.devices) * 1e9 /
         static_cast<double>(s.clock.count());
}

TEST(DramPrices, OfDdr4AreMicronsFormulas) {
  const DramPrices p = standard("ddr4_2400").prices();
  constexpr double kClock = 1 / 1.2;  // ns
  EXPECT_NEAR(p.activates, 8 * 1.2 * (48 * 56 - 43 * 39 - 34 * 17) * kClock, 1e-6);
  EXPECT_NEAR(p.reads, 8 * 1.2 * (135 - 43) * 4 * kClock, 1e-6);
  EXPECT_NEAR(p.writes, 8 * 1.2 * (123 - 43) * 4 * kClock, 1e-6);
  EXPECT_NEAR(p.refreshes, 8 * 1.2 * (250 - 43) * 420 * kClock, 1e-6);
  EXPECT_NEAR(p.active_clocks, 8 * (1.2 * 43 + 2.5 * 3) * kClock, 1e-6);
  EXPECT_NEAR(p.idle_clocks, 8 * (1.2 * 34 + 2.5 * 3) * kClock, 1e-6);
  EXPECT_DOUBLE_EQ(p.bank_refreshes * 16, p.refreshes);
  const DramPrices ddr5 = standard("ddr5_4800").prices();  // REFsb: a bank of each of 8 groups
  EXPECT_DOUBLE_EQ(ddr5.bank_refreshes * 4, ddr5.refreshes);
}

// A data sheet measures each current with a loop of commands: that loop must draw it.
TEST(DramPrices, EveryStandardsMeasuringLoopsDrawItsCurrents) {
  for (const auto* entry : registrations<DramStandard>()) {
    const DramStandard& s = standard(std::string(entry->name));
    const DramPrices p = s.prices();
    const auto clocks = [&](Timing t) { return static_cast<double>(s.timings[t].count()); };
    const double ras = clocks(Timing::RAS), rp = clocks(Timing::RP), rfc = clocks(Timing::RFC);
    const auto burst = static_cast<double>(s.burst_cycles);
    const auto near = [&](double energy, double length, double DramRail::*current) {
      EXPECT_NEAR(energy / length / drawn(s, current), 1, 1e-9) << entry->name;
    };
    near(p.activates + p.active_clocks * ras + p.idle_clocks * rp, ras + rp, &DramRail::idd0);
    near(p.reads + p.active_clocks * burst, burst, &DramRail::idd4r);
    near(p.writes + p.active_clocks * burst, burst, &DramRail::idd4w);
    near(p.refreshes + p.active_clocks * rfc, rfc, &DramRail::idd5b);
    for (const double price : {p.activates, p.reads, p.writes, p.refreshes, p.idle_clocks})
      EXPECT_GT(price, 0) << entry->name;
    EXPECT_GT(p.active_clocks, p.idle_clocks) << entry->name;
  }
}

TEST(DramEnergy, OfOneReadIsAnActivateABurstAndItsTime) {
  const ReplayReport report = replay(config("ddr4_2400", "open", "none"), {{0, false, {}}});
  const DramEvents events = report.counters.events();
  EXPECT_EQ(events.activates, 1);
  EXPECT_EQ(events.reads, 1);
  EXPECT_EQ(events.active_clocks, 17 + 17 + 4);
  EXPECT_EQ(events.idle_clocks, 0);
  const DramPrices p = standard("ddr4_2400").prices();
  EXPECT_DOUBLE_EQ(total(dram_energy(events, p)), p.activates + p.reads + 38 * p.active_clocks);
}

TEST(DramEnergy, ARowThatClosesByItselfIsOpenForRasOrTillItsDataIsSafe) {
  const auto active = [](bool write) {  // a long time before the last one, a read of 38 clocks
    const ReplayReport report =
        replay(config("ddr4_2400", "closed", "none"), {{0, write, {}}, {64, false, Cycles(1000)}});
    EXPECT_EQ(report.counters.active_clocks + report.counters.idle_clocks, report.cycles.count());
    return report.counters.active_clocks - 38;
  };
  EXPECT_EQ(active(false), 39);               // RAS, RCD + RTP being less
  EXPECT_EQ(active(true), 17 + 12 + 4 + 18);  // RCD + CWL + burst + WR
}

TEST(DramEnergy, AnIdleRankIsActiveWhileItIsRefreshed) {
  constexpr std::int64_t kRounds = 100'000;  // most of them skipped over
  for (const char* refresh : {"all_bank", "per_bank"}) {
    const DramConfig dram = config("ddr5_4800", "open", refresh);
    const bool all = std::string(refresh) == "all_bank";
    const std::int64_t interval = all ? 9360 : 9360 / 4, length = all ? 708 : 312;
    const DramEvents events =
        replay(dram, {{0, false, Cycles(kRounds * interval + 1200)}}).counters.events();
    EXPECT_EQ(events.refreshes, all ? kRounds : 0);
    EXPECT_EQ(events.bank_refreshes, all ? 0 : kRounds);
    EXPECT_EQ(events.active_clocks, kRounds * length + 39 + 1 + 40 + 8) << refresh;
  }
}

TEST(DramEnergy, ChannelsWithoutWorkStandByAndRefreshToTheEnd) {
  DramConfig dram = config("ddr4_2400", "open", "all_bank");
  dram.channels = 2;
  const ReplayReport report = replay(dram, {{0, false, Cycles(50'000)}});
  EXPECT_EQ(report.counters.events().refreshes, 2 * 5);
  EXPECT_EQ(report.counters.active_clocks + report.counters.idle_clocks, 2 * report.cycles.count());
}

// Writes down when which rank is active, from the commands alone.
class Stretches final : public DramCommandObserver {
 public:
  Stretches(const DramDevice& device, Cycles end)
      : device_(device),
        active_(static_cast<std::size_t>(device.shape.all_ranks())),
        opened_(static_cast<std::size_t>(device.shape.all_banks()), -1) {
    for (auto& rank : active_) rank.resize(static_cast<std::size_t>(end.count()));
  }

  void issued(DramCommand command, std::int32_t bank, std::int64_t, Cycles at) override {
    const DramTimings& t = device_.timings;
    const std::int64_t now = at.count(), ras = t[Timing::RAS].count();
    // Commands of several clocks count from their last one.
    const std::int64_t column =
        now + device_.standard.command_clocks.column - device_.standard.command_clocks.activate;
    const std::int32_t per_rank = device_.shape.banks_of_rank(), rank = bank / per_rank;
    std::int64_t& opened = opened_[static_cast<std::size_t>(bank)];
    const auto close = [&](std::int64_t& since, std::int64_t until) {
      if (since >= 0) mark(rank, since, until);
      since = -1;
    };
    const std::int64_t write_recovery =
        (t[Timing::CWL] + t[Timing::DQSS] + t[Timing::WR]).count() + device_.burst_cycles.count();
    if (command == DramCommand::activate) opened = now;
    if (command == DramCommand::precharge) close(opened, now);
    if (command == DramCommand::precharge_all)
      for (std::int32_t i = rank * per_rank; i < (rank + 1) * per_rank; ++i)
        close(opened_[static_cast<std::size_t>(i)], now);
    if (command == DramCommand::read_precharge)
      close(opened, std::max(opened + ras, column + t[Timing::RTP].count()));
    if (command == DramCommand::write_precharge)
      close(opened, std::max(opened + ras, column + write_recovery));
    if (command == DramCommand::refresh_all) mark(rank, now, now + t[Timing::RFC].count());
    if (command == DramCommand::refresh_bank) mark(rank, now, now + t[Timing::RFCB].count());
  }

  std::int64_t clocks() {
    for (std::size_t bank = 0; bank < opened_.size(); ++bank)
      if (opened_[bank] >= 0)
        mark(static_cast<std::int32_t>(bank) / device_.shape.banks_of_rank(), opened_[bank],
             static_cast<std::int64_t>(active_[0].size()));
    std::int64_t sum = 0;
    for (const auto& rank : active_) sum += std::count(rank.begin(), rank.end(), true);
    return sum;
  }

 private:
  void mark(std::int32_t rank, std::int64_t from, std::int64_t until) {
    auto& clocks = active_[static_cast<std::size_t>(rank)];
    for (auto at = static_cast<std::size_t>(from);
         at < clocks.size() && at < static_cast<std::size_t>(until); ++at)
      clocks[at] = true;
  }

  const DramDevice& device_;
  std::vector<std::vector<bool>> active_;
  std::vector<std::int64_t> opened_;  // by bank; -1: closed
};

TEST(DramEnergy, ActiveClocksAreThoseOfTheCommandsUnderEveryPolicy) {
  constexpr Cycles kEnd(60'000);
  std::mt19937 random(7);
  for (const char* name : {"ddr4_2400", "ddr5_4800", "hbm2_2000", "lpddr4_3200"})
    for (const char* page : {"open", "closed", "timeout"})
      for (const char* refresh : {"none", "all_bank", "per_bank"}) {
        if (std::string(name) == "ddr4_2400" && std::string(refresh) == "per_bank") continue;
        DramConfig dram = config(name, page, refresh);
        dram.ranks = 2;
        DramController controller(dram);
        Stretches stretches(controller.device(), kEnd);
        controller.observe(&stretches);
        for (Cycles now; now < Cycles(50'000); now += Cycles(1 + random() % 400)) {
          while (controller.next() < now) controller.step();
          const DramRequest request{(random() % (1 << 24)) * 64ULL, random() % 3 == 0, {}, 0};
          if (controller.accepts(request)) controller.accept(request, now);
        }
        controller.settle(kEnd);
        const DramCounters& counted = controller.counters();
        const std::int64_t ranks = controller.device().shape.all_ranks();
        EXPECT_EQ(counted.active_clocks, stretches.clocks()) << name << page << refresh;
        EXPECT_EQ(counted.active_clocks + counted.idle_clocks, ranks * kEnd.count());
      }
}

}  // namespace
}  // namespace systolith
