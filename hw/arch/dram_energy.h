// What DRAM did, what one event of it costs, and both together: energy by command.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace systolith {

// One figure of each kind: how often (Count = int64) or for how many picojoule (Count = double).
// Standby is of a rank and in clocks of its command clock: with a row open or a refresh under way,
// or without.
template <class Count>
struct DramEventsOf {
  Count activates = 0, reads = 0, writes = 0;  // of reads and writes, bursts
  Count refreshes = 0, bank_refreshes = 0;     // of all banks of a rank; of one bank's share
  Count active_clocks = 0, idle_clocks = 0;

  DramEventsOf& operator+=(const DramEventsOf& other) {
    activates += other.activates, reads += other.reads, writes += other.writes;
    refreshes += other.refreshes, bank_refreshes += other.bank_refreshes;
    active_clocks += other.active_clocks, idle_clocks += other.idle_clocks;
    return *this;
  }
};
using DramEvents = DramEventsOf<std::int64_t>;
using DramPrices = DramEventsOf<double>;

struct DramEnergy {
  std::string_view name;
  std::string_view unit;  // what one event is
  std::int64_t events;
  double picojoules;
};
inline constexpr std::size_t kDramEnergies = 5;

inline std::array<DramEnergy, kDramEnergies> dram_energy(const DramEvents& n, const DramPrices& p) {
  const auto cost = [](std::int64_t events, double price) {
    return static_cast<double>(events) * price;
  };
  return {{
      {"dram_activate", "row opened and closed", n.activates, cost(n.activates, p.activates)},
      {"dram_read", "burst", n.reads, cost(n.reads, p.reads)},
      {"dram_write", "burst", n.writes, cost(n.writes, p.writes)},
      {"dram_refresh", "refresh command", n.refreshes + n.bank_refreshes,
       cost(n.refreshes, p.refreshes) + cost(n.bank_refreshes, p.bank_refreshes)},
      {"dram_background", "clock of a rank", n.active_clocks + n.idle_clocks,
       cost(n.active_clocks, p.active_clocks) + cost(n.idle_clocks, p.idle_clocks)},
  }};
}

}  // namespace systolith
