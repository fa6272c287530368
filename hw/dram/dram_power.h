// The supply currents of a data sheet, and the energy of each command from them, after Micron's
// technical notes TN-41-01 (DDR3) and TN-40-07 (DDR4):
//
//   ACT with its PRE   V (IDD0 tRC - IDD3N tRAS - IDD2N tRP)      tRC = tRAS + tRP
//   RD, WR             V (IDD4R - IDD3N) tBurst, V (IDD4W - IDD3N) tBurst
//   REF                V (IDD5B - IDD3N) tRFC
//   a standby clock    V IDD3N tCK with a row open or while refreshing, V IDD2N tCK else
//
// summed over the supply rails and times the devices of a rank. So the loop that a data sheet
// measures IDD0, IDD4R, IDD4W or IDD5B with draws just that current. A refresh of one bank is its
// share of one of all. Costs are those of the standard's own clock and timings, an amount of charge
// each: a machine that overrides them changes how often, not how much; of a standby clock that is
// TN-41-01's scaling with frequency.
//
// Left out: what the data bus itself draws (output drivers, termination), where the currents are
// those of the core rails, and the controller's side of it (PHY).
#pragma once

#include <vector>

#include "hw/arch/dram_energy.h"
#include "hw/dram/dram_timings.h"

namespace systolith {

struct DramRail {
  double volts;
  double idd0, idd2n, idd3n, idd4r, idd4w, idd5b;  // mA of one device
};

struct DramPower {
  std::int64_t devices;  // of a rank
  std::vector<DramRail> rails;
};

// `refreshes_of_bank`: how many bank refreshes make one of all banks.
DramPrices dram_prices(const DramPower& power, Hertz clock, const DramTimings& timings,
                       std::int64_t burst_cycles, std::int64_t refreshes_of_bank);

}  // namespace systolith
