#include "hw/dram/dram.h"

#include "hw/dram/dram_channel.h"
#include "hw/dram/foreign_channel.h"

namespace systolith {

Dram::Dram(const sc_core::sc_module_name& name, const std::vector<DramChannelSpec>& specs,
           bool values, Calendar& calendar)
    : sc_module(name) {
  for (const DramChannelSpec& spec : specs) {
    const auto number = static_cast<std::int64_t>(channels.size());
    if (spec.config.plugin.empty())
      channels.push_back(
          std::make_unique<DramChannel>(spec.name.c_str(), spec.config, values, calendar));
    else
      channels.push_back(std::make_unique<ForeignChannel>(spec.name.c_str(), spec.config, number));
  }
}

void Dram::settle(Femtoseconds end) {
  for (const auto& channel : channels) channel->settle(end);
}

DramTraffic Dram::traffic() const {
  DramTraffic sum;
  for (const auto& channel : channels) sum += channel->traffic();
  return sum;
}

}  // namespace systolith
