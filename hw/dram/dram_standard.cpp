#include "hw/dram/dram_standard.h"

namespace systolith {

DramPrices DramStandard::prices() const {
  const std::int64_t banks = geometry.banks_per_group * geometry.bank_groups;
  const std::int64_t at_once = refreshes_a_bank_of_every_group ? geometry.bank_groups : 1;
  return dram_prices(power, clock, timings, burst_cycles, banks / at_once);
}

DramStandardFacts DramStandard::facts(std::string_view name) const {
  DramStandardFacts facts{std::string(name), clock, Cycles(burst_cycles), {}, {}, prices()};
  facts.extents[DramField::row] = geometry.rows;
  facts.extents[DramField::bank] = geometry.banks_per_group;
  facts.extents[DramField::bankgroup] = geometry.bank_groups;
  facts.extents[DramField::column] = geometry.columns;
  facts.extents.burst_columns = burst_length;
  facts.extents.column_width = Bytes(geometry.bus_bits / 8);
  for (const TimingName& known : kTimingNames)
    if (timings.has(known.timing) || known.otherwise != known.timing)
      facts.timings[std::string(known.name)] = timings[known.timing].count();
  return facts;
}

}  // namespace systolith
