// What holds for any channel and any requests: no command breaks the protocol, every request is
// answered once, no more data than the pins carry, every bank is refreshed in time, and twice the
// same is the same.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "hw/dram/dram_controller.h"
#include "tests/property/dram/protocol_checker.h"
#include "tests/support/dram_config.h"

namespace systolith {
namespace {

using Random = std::mt19937_64;

template <class T>
const T& pick(Random& random, const std::vector<T>& values) {
  return values[random() % values.size()];
}

DramConfig random_config(Random& random) {
  const auto standards = registered_names<DramStandard>();
  DramConfig config = dram_config(pick(random, standards));
  config.ranks = pick<std::int64_t>(random, {1, 1, 2, 3});
  config.pseudochannels = pick<std::int64_t>(random, {1, 1, 2});
  config.mapping = pick<std::string>(random, {"", "row:rank:pseudochannel:bank:bankgroup:column",
                                              "rank:row:column:bank:bankgroup:pseudochannel"});
  config.scheduler = pick(random, registered_names<Scheduler>());
  config.page = pick(random, registered_names<PagePolicy>());
  config.page_timeout = Cycles(static_cast<std::int64_t>(20 + random() % 400));
  const bool per_bank = config.facts.timings.count("RFCB") != 0;
  config.refresh =
      pick<std::string>(random, per_bank ? std::vector<std::string>{"all_bank", "per_bank", "none"}
                                         : std::vector<std::string>{"all_bank", "none"});
  config.read_queue = pick<std::int64_t>(random, {1, 4, 32});
  config.write_queue = pick<std::int64_t>(random, {3, 8, 32});
  config.write_high = config.write_queue * 8 / 10;
  config.write_low = config.write_queue * 2 / 10;
  if (random() % 2 == 0)
    for (const char* name : {"CL", "CWL", "RCD", "RP", "RAS", "WR", "FAW", "WTR_L"})
      config.timing[name] = config.facts.timings.at(name) + static_cast<std::int64_t>(random() % 5);
  return config;
}

// Addresses that collide: few rows, mostly neighbours, sometimes anywhere.
struct Traffic {
  explicit Traffic(const DramConfig& config, Random& random)
      : random_(random),
        bursts_(static_cast<std::uint64_t>(config.channel_capacity() / config.burst())),
        burst_(static_cast<std::uint64_t>(config.burst().count())),
        writes_(random() % 100),
        jumps_(1 + random() % 60),
        pause_(random() % 3 == 0 ? 400 : random() % 12) {}

  DramRequest next(std::uint64_t tag) {
    if (random_() % 100 < jumps_)
      position_ = random_() % 2 == 0 ? random_() % bursts_ : random_() % 8 * (bursts_ / 8);
    position_ = (position_ + 1) % bursts_;
    return {position_ * burst_, random_() % 100 < writes_, {}, tag};
  }
  // Mostly short, at times long enough for many refreshes.
  Cycles pause() {
    if (random_() % 400 == 0) return Cycles(static_cast<std::int64_t>(random_() % 400'000));
    return Cycles(static_cast<std::int64_t>(pause_ == 0 ? 0 : random_() % (2 * pause_)));
  }

 private:
  Random& random_;
  std::uint64_t bursts_, burst_, writes_, jumps_, pause_, position_ = 0;
};

struct Outcome {
  std::map<std::uint64_t, std::int64_t> answers;
  std::set<std::uint64_t> reads;
  std::array<std::int64_t, kDramCommands> commands{};
  std::int64_t end = 0;

  bool operator==(const Outcome& o) const {
    return answers == o.answers && commands == o.commands && end == o.end;
  }
};

void collect(DramController& controller, Outcome& outcome) {
  Cycles last;
  for (const DramAnswer& answer : controller.answers()) {
    EXPECT_GE(answer.at, last) << "answers come by time";
    last = answer.at;
    EXPECT_TRUE(outcome.answers.emplace(answer.tag, answer.at.count()).second);
    outcome.end = std::max(outcome.end, answer.at.count());
  }
  controller.answers().clear();
}

enum class Pace { varied, dense };

Outcome play(const DramConfig& config, std::uint64_t seed, std::uint64_t requests,
             DramCommandObserver* observer, Pace pace = Pace::varied) {
  Random random(seed);
  Traffic traffic(config, random);
  DramController controller(config);
  controller.observe(observer);
  Outcome outcome;
  Cycles now;
  for (std::uint64_t tag = 0; tag < requests; ++tag) {
    const DramRequest request = traffic.next(tag);
    if (pace == Pace::varied) now += traffic.pause();
    while (controller.next() < now) controller.step();
    while (!controller.accepts(request)) now = std::max(now, controller.next()), controller.step();
    controller.accept(request, now);
    if (!request.write) outcome.reads.insert(tag);
  }
  while (controller.next() != DramController::kNever) controller.step();
  collect(controller, outcome);
  outcome.commands = controller.counters().commands;
  outcome.end = std::max(outcome.end, controller.data_end().count());
  const DramCounters& counters = controller.counters();
  EXPECT_EQ(counters.row_hits + counters.row_misses + counters.forwarded,
            static_cast<std::int64_t>(requests));
  return outcome;
}

std::string describe(const DramConfig& config) {
  return fmt::format("{} x{} ranks x{} pseudo channels '{}' {} {} {} queues {}/{}", config.standard,
                     config.ranks, config.pseudochannels, config.mapping, config.scheduler,
                     config.page, config.refresh, config.read_queue, config.write_queue);
}

TEST(DramProperties, HoldForRandomChannelsAndRequests) {
  constexpr std::uint64_t kRequests = 1500;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    const DramConfig config = random_config(random);
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, describe(config)));
    ProtocolChecker checker(config);
    Outcome outcome;
    ASSERT_NO_THROW(outcome = play(config, seed, kRequests, &checker));
    EXPECT_GT(checker.commands(), 0);
    EXPECT_EQ(outcome.answers.size(), outcome.reads.size());
    for (const std::uint64_t tag : outcome.reads) EXPECT_EQ(outcome.answers.count(tag), 1U);
    const std::int64_t data_clocks =
        config.facts.burst_cycles.count() *
        (outcome.commands[static_cast<std::size_t>(DramCommand::read)] +
         outcome.commands[static_cast<std::size_t>(DramCommand::read_precharge)] +
         outcome.commands[static_cast<std::size_t>(DramCommand::write)] +
         outcome.commands[static_cast<std::size_t>(DramCommand::write_precharge)]);
    EXPECT_LE(data_clocks, outcome.end * config.pseudochannels);
    EXPECT_EQ(outcome, play(config, seed, kRequests, nullptr)) << "another run";
  }
}

// Dense traffic for many refresh intervals: every bank has its share.
TEST(DramProperties, EveryBankIsRefreshedUnderLoad) {
  for (const auto* entry : registrations<DramStandard>())
    for (const char* policy : {"all_bank", "per_bank"}) {
      DramConfig config = dram_config(entry->name);
      config.refresh = policy;
      if (std::string(policy) == "per_bank" && config.facts.timings.count("RFCB") == 0) continue;
      SCOPED_TRACE(describe(config));
      ProtocolChecker checker(config);
      const Outcome outcome = play(config, 7, 30'000, &checker, Pace::dense);
      const std::int64_t interval = config.facts.timings.at("REFI");
      EXPECT_GT(outcome.end, 5 * interval);
      const auto banks = static_cast<std::int32_t>(config.facts.extents[DramField::bank] *
                                                   config.facts.extents[DramField::bankgroup]);
      for (std::int32_t bank = 0; bank < banks; ++bank) {
        EXPECT_GE(checker.refreshes(bank), outcome.end / interval - 2);
        EXPECT_LE(checker.refreshes(bank), outcome.end * 101 / 100 / interval + 1);
      }
    }
}

// The checker would notice: with any one of its timings a clock longer than the channel's, dense
// traffic breaks the protocol. So each rule is also met on its very clock.
TEST(DramProperties, EveryTimingIsMetToTheClock) {
  for (const char* standard : {"ddr4_2400", "lpddr4_3200", "hbm2_2000"})
    for (const char* timing : {"RCD", "RCDWR", "RP", "RPAB", "RAS", "RFC", "RRD_S", "RRD_L", "FAW",
                               "WTR_S", "WTR_L", "WR", "RTP", "CCD_S", "CCD_L", "RTW"}) {
      DramConfig config = dram_config(standard);
      const bool one_group = config.facts.extents[DramField::bankgroup] == 1;
      const std::string name = timing;
      if (one_group && name.find("_L") != name.npos) continue;
      const auto& timings = config.facts.timings;
      if (name == "FAW" && timings.at("FAW") < 4 * timings.at("RRD_S")) continue;  // no limit
      DramConfig longer = config;
      longer.timing[name] = config.facts.timings.at(name) + 1;
      ProtocolChecker checker(longer);
      EXPECT_THROW(play(config, 5, 20'000, &checker, Pace::dense), std::logic_error)
          << standard << " " << timing;
    }
}

}  // namespace
}  // namespace systolith
