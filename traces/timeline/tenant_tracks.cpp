#include "traces/timeline/tenant_tracks.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace systolith {
namespace {

constexpr std::size_t kFirstLayerTrack = 10'000;  // behind those that wait

}  // namespace

TenantTracks::TenantTracks(EventFile& file, int first_process, const std::string& tenant,
                           const ProgramHeader& header, TimelineDetail detail)
    : file_(file), process_(first_process), detail_(detail), layers_(header.layers.size()) {
  for (const ProgramLayer& layer : header.layers) layer_names_.push_back(json_text(layer.name));
  file.name_process(process_, tenant);
  file.name_track(process_, kService, kService, "service");
  if (detail != TimelineDetail::commands) return;
  for (int core = 0; core < header.cores; ++core) {
    const int process = first_process + 1 + core;
    file.name_process(process, fmt::format("{}: core {}", tenant, core));
    cores_.emplace_back(file, process);
  }
}

void TenantTracks::command(const Command& command, std::size_t own, Cycles start, Cycles finish) {
  if (detail_ == TimelineDetail::requests) return;
  const auto layer = static_cast<std::size_t>(command.layer);
  Interval& interval = layers_.at(layer);
  interval.start = interval.any ? std::min(interval.start, start) : start;
  interval.finish = std::max(interval.finish, finish);
  interval.any = true;
  if (!cores_.empty()) cores_.at(own).add(command, start, finish, layer_names_.at(layer));
}

void TenantTracks::request(std::int64_t number, Cycles arrival, Cycles start, Cycles finish) {
  if (start > arrival) waiting(number, arrival, start);
  file_.event(fmt::format("\"ph\":\"X\",\"pid\":{},\"tid\":{},\"name\":\"request {}\",{}", process_,
                          std::size_t{kService}, number, file_.span(start, finish)));
  if (detail_ != TimelineDetail::requests) layers();
}

void TenantTracks::waiting(std::int64_t number, Cycles arrival, Cycles start) {
  const std::size_t known = waiting_lanes_.count();
  const std::size_t lane = waiting_lanes_.place(arrival, start);
  const std::size_t track = kWaiting + lane;
  if (lane == known)
    file_.name_track(process_, track, track, fmt::format("waiting ({})", lane + 1));
  file_.event(fmt::format("\"ph\":\"X\",\"pid\":{},\"tid\":{},\"name\":\"request {}\",{}", process_,
                          track, number, file_.span(arrival, start)));
}

void TenantTracks::layers() {
  std::vector<std::size_t> order(layers_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return layers_[a].start < layers_[b].start;
  });
  for (const std::size_t layer : order) {
    Interval& interval = layers_[layer];
    if (!interval.any) continue;
    const std::size_t known = layer_lanes_.count();
    const std::size_t lane = layer_lanes_.place(interval.start, interval.finish);
    const std::size_t track = kFirstLayerTrack + lane;
    if (lane == known)
      file_.name_track(process_, track, track, fmt::format("layers ({})", lane + 1));
    file_.event(fmt::format("\"ph\":\"X\",\"pid\":{},\"tid\":{},\"name\":{},{}", process_, track,
                            layer_names_[layer], file_.span(interval.start, interval.finish)));
    interval = Interval{};
  }
}

}  // namespace systolith
