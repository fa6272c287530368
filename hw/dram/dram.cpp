#include "hw/dram/dram.h"

namespace systolith {

Dram::Dram(const sc_core::sc_module_name& name, const std::vector<DramChannelSpec>& specs,
           bool values, Calendar& calendar)
    : sc_module(name) {
  channels.init(specs.size(), [&](const char*, std::size_t index) {
    return new DramChannel(specs[index].name.c_str(), specs[index].config, values, calendar);
  });
}

DramTraffic Dram::traffic() const {
  DramTraffic sum;
  for (const DramChannel& channel : channels) sum += channel.traffic();
  return sum;
}

}  // namespace systolith
