#include "sim/system/bandwidth.h"

#include <algorithm>

#include "sim/system/top.h"

namespace systolith {
namespace {

using Samples = std::vector<std::int64_t>;

Samples samples_of(const RateBins& bins, std::size_t count) {
  Samples samples(count);
  for (std::size_t i = 0; i < count; ++i) samples[i] = bins.at(i).count();
  return samples;
}

void add(Samples& sum, const Samples& part) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
}

}  // namespace

BandwidthReport bandwidth_of(const Top& top) {
  std::vector<PortTraffic> ports = top.interconnect->port_traffic();
  BandwidthReport report;
  for (const PortTraffic& port : ports)
    report.interval = std::max({report.interval, port.read.width(), port.written.width()});
  std::size_t count = 0;
  for (PortTraffic& port : ports)
    for (RateBins* bins : {&port.read, &port.written}) {
      bins->widen_to(report.interval);
      count = std::max(count, bins->used());
    }
  report.interconnect.resize(count);
  report.dram = {"dram", Samples(count), Samples(count)};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const Samples read = samples_of(ports[i].read, count);
    const Samples written = samples_of(ports[i].written, count);
    Samples both = read;
    add(both, written);
    add(report.interconnect, both);
    if (i >= top.dram.channels.size()) {
      const std::size_t level = i - top.dram.channels.size();
      report.levels.push_back({top.memory_map.levels()[level].config.name, read, written});
      continue;
    }
    add(report.dram.read, read);
    add(report.dram.written, written);
    report.channels.push_back(both);
  }
  return report;
}

}  // namespace systolith
