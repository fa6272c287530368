#include "traces/timeline/timeline.h"

#include <algorithm>
#include <numeric>

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr std::size_t kCounterBins = 2048;
// System addresses from here on are shared levels (AddressMap in hw/arch/machine.h).
constexpr std::uint64_t kDramEnd = std::uint64_t{1} << 44;

int process_of(CoreId core) { return static_cast<int>(core) + 1; }  // viewers reserve 0

}  // namespace

TimelineWriter::TimelineWriter(const std::string& path, const ProgramHeader& header,
                               ClockDomain clock, const std::vector<std::string>& numbers)
    : header_(header),
      clock_(clock),
      file_(path, clock, {{"workload", header.workload}, {"machine", header.machine}}),
      layers_(header.layers.size()),
      read_(kCounterBins),
      written_(kCounterBins) {
  for (const auto& layer : header.layers) layer_names_.push_back(json_text(layer.name));
  for (int core = 0; core < header.cores; ++core) {
    const int process = process_of(static_cast<CoreId>(core));
    const auto number = static_cast<std::size_t>(core);
    file_.name_process(process,
                       "core " + (numbers.empty() ? std::to_string(core) : numbers.at(number)));
    cores_.emplace_back(file_, process);
  }
}

void TimelineWriter::add(const Command& command, Cycles start, Cycles finish) {
  const auto layer = static_cast<std::size_t>(command.layer);
  cores_.at(static_cast<std::size_t>(command.core))
      .add(command, start, finish, layer_names_.at(layer));
  Interval& interval = layers_[layer];
  interval.start = interval.any ? std::min(interval.start, start) : start;
  interval.finish = std::max(interval.finish, finish);
  interval.any = true;
  const auto* load = std::get_if<Load>(&command.operation);
  const auto* store = std::get_if<Store>(&command.operation);
  if (load != nullptr && load->system_address < kDramEnd)
    read_.add(start, finish, Bytes(load->bytes()));
  if (store != nullptr && store->system_address < kDramEnd)
    written_.add(start, finish, Bytes(store->bytes()));
}

void TimelineWriter::close() {
  layer_events();
  counter_events();
  file_.close();
}

void TimelineWriter::layer_events() {
  const int process = header_.cores + 1;
  file_.name_process(process, "layers");
  std::vector<std::size_t> order(layers_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return layers_[a].start < layers_[b].start;
  });
  Lanes lanes;
  for (const std::size_t layer : order) {
    const Interval& interval = layers_[layer];
    if (!interval.any) continue;
    const std::size_t known = lanes.count();
    const std::size_t lane = lanes.place(interval.start, interval.finish);
    if (lane == known)
      file_.name_track(process, lane + 1, lane, fmt::format("layers ({})", lane + 1));
    file_.event(fmt::format(
        "\"ph\":\"X\",\"pid\":{},\"tid\":{},\"name\":{},{},\"args\":{{\"layer\":{},"
        "\"op\":{},\"macs\":{}}}",
        process, lane + 1, layer_names_[layer], file_.span(interval.start, interval.finish), layer,
        json_text(header_.layers[layer].op), header_.layers[layer].macs));
  }
}

void TimelineWriter::counter_events() {
  const int process = header_.cores + 2;
  file_.name_process(process, "DRAM");
  const std::pair<const char*, const RateBins*> counters[] = {{"read", &read_},
                                                              {"written", &written_}};
  for (const auto& [name, bins] : counters) {
    if (bins->used() == 0) continue;
    for (std::size_t bin = 0; bin <= bins->used(); ++bin) {
      const std::int64_t bytes = bin < bins->used() ? bins->at(bin).count() : 0;
      const Cycles begin = bins->width() * static_cast<std::int64_t>(bin);
      const Femtoseconds width = clock_.edge(begin + bins->width()) - clock_.edge(begin);
      // bytes per femtosecond are petabytes per second
      const double gigabytes_per_second =
          static_cast<double>(bytes) / static_cast<double>(width.count()) * 1e6;
      file_.event(
          fmt::format("\"ph\":\"C\",\"pid\":{},\"name\":\"{} GB/s\",\"ts\":{},"
                      "\"args\":{{\"GB/s\":{:.3f}}}",
                      process, name, microseconds(clock_.edge(begin)), gigabytes_per_second));
    }
  }
}

}  // namespace systolith
