#include "traces/timeline/timeline.h"

#include <algorithm>
#include <numeric>

#include "hw/base/error.h"

namespace systolith {
namespace {

int process_of(CoreId core) { return static_cast<int>(core) + 1; }  // viewers reserve 0

}  // namespace

TimelineWriter::TimelineWriter(const std::string& path, const ProgramHeader& header,
                               ClockDomain clock, const std::vector<std::string>& numbers)
    : header_(header),
      clock_(clock),
      file_(path, clock, {{"workload", header.workload}, {"machine", header.machine}}),
      layers_(header.layers.size()) {
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
}

void TimelineWriter::close() {
  layer_events();
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

void TimelineWriter::counter(const std::string& process, const std::string& name, Cycles interval,
                             const std::vector<std::int64_t>& bytes) {
  const auto known = std::find(counting_.begin(), counting_.end(), process);
  const int number = header_.cores + 2 + static_cast<int>(known - counting_.begin());
  if (known == counting_.end()) {
    counting_.push_back(process);
    file_.name_process(number, process);
  }
  for (std::size_t i = 0; i <= bytes.size(); ++i) {
    const Cycles begin = interval * static_cast<std::int64_t>(i);
    const Femtoseconds length = clock_.edge(begin + interval) - clock_.edge(begin);
    // bytes per femtosecond are petabytes per second
    const double gigabytes_per_second =
        i == bytes.size()
            ? 0
            : static_cast<double>(bytes[i]) / static_cast<double>(length.count()) * 1e6;
    file_.event(
        fmt::format("\"ph\":\"C\",\"pid\":{},\"name\":\"{} GB/s\",\"ts\":{},"
                    "\"args\":{{\"GB/s\":{:.3f}}}",
                    number, name, microseconds(clock_.edge(begin)), gigabytes_per_second));
  }
}

}  // namespace systolith
