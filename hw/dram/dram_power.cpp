#include "hw/dram/dram_power.h"

namespace systolith {

DramPrices dram_prices(const DramPower& power, Hertz clock, const DramTimings& timings,
                       std::int64_t burst_cycles, std::int64_t refreshes_of_bank) {
  constexpr double kPicojoules = 1e9;  // of one V mA s
  const double tick =
      kPicojoules / static_cast<double>(clock.count()) * static_cast<double>(power.devices);
  const auto clocks = [&](Timing timing) { return static_cast<double>(timings[timing].count()); };
  const double ras = clocks(Timing::RAS), rp = clocks(Timing::RP);
  const auto burst = static_cast<double>(burst_cycles);
  DramPrices prices;
  for (const DramRail& rail : power.rails) {
    const double unit = rail.volts * tick;  // pJ of one mA in one clock
    prices.activates += unit * (rail.idd0 * (ras + rp) - rail.idd3n * ras - rail.idd2n * rp);
    prices.reads += unit * (rail.idd4r - rail.idd3n) * burst;
    prices.writes += unit * (rail.idd4w - rail.idd3n) * burst;
    prices.refreshes += unit * (rail.idd5b - rail.idd3n) * clocks(Timing::RFC);
    prices.active_clocks += unit * rail.idd3n;
    prices.idle_clocks += unit * rail.idd2n;
  }
  prices.bank_refreshes = prices.refreshes / static_cast<double>(refreshes_of_bank);
  return prices;
}

}  // namespace systolith
