#include "hw/dram/dram_replay.h"

#include <algorithm>

namespace systolith {

DramReplay::DramReplay(const DramConfig& dram, std::int64_t outstanding)
    : interleave_(dram, dram.burst()), outstanding_(outstanding) {
  for (std::int64_t i = 0; i < dram.channels; ++i)
    channels_.push_back(std::make_unique<DramController>(dram));
}

ReplayReport DramReplay::run(const std::function<bool(TraceRequest&)>& next) {
  TraceRequest request;
  const auto take = [&] {
    if (!next(request)) return false;
    const ChannelInterleave::Place place = interleave_.place(request.address);
    request_ = {place.address, request.write, {}, 0};
    target_ = channels_[static_cast<std::size_t>(place.channel)].get();
    return true;
  };
  while (take())
    for (;;) {
      const Cycles at = entry(request);
      advance(at);
      if (at == kNever) continue;
      enter(request, at);
      break;
    }
  for (const auto& channel : channels_)
    while (channel->next() != kNever) channel->step();
  collect(kNever);
  for (const auto& channel : channels_) report_.cycles = later(report_.cycles, channel->data_end());
  for (const auto& channel : channels_) {
    channel->settle(report_.cycles);
    report_.counters += channel->counters();
  }
  return std::move(report_);
}

Cycles DramReplay::entry(const TraceRequest& request) {
  Cycles at = later(later(request.issue, now_), entered_ + Cycles(1));
  if (!request.write && in_flight_ == outstanding_) {
    const Cycles freed = earliest_answer();
    if (freed == kNever) return kNever;
    at = later(at, freed + Cycles(1));
  }
  return target_->accepts(request_) ? at : kNever;
}

// What lies before `entry`; of what is to make room for it, the next command.
void DramReplay::advance(Cycles entry) {
  if (entry != kNever) {
    for (const auto& channel : channels_)
      while (channel->next() < entry) channel->step();
    return;
  }
  const auto sooner = [](const auto& a, const auto& b) { return a->next() < b->next(); };
  DramController& channel = **std::min_element(channels_.begin(), channels_.end(), sooner);
  now_ = channel.next();
  channel.step();
}

void DramReplay::enter(const TraceRequest& request, Cycles at) {
  collect(at);
  request_.tag = static_cast<std::uint64_t>(at.count());
  target_->accept(request_, at);
  entered_ = at;
  if (!request.write) ++in_flight_;
}

Cycles DramReplay::earliest_answer() const {
  Cycles earliest = kNever;
  for (const auto& channel : channels_)
    if (!channel->answers().empty()) earliest = std::min(earliest, channel->answers().front().at);
  return earliest;
}

void DramReplay::collect(Cycles until) {
  for (const auto& channel : channels_) {
    std::deque<DramAnswer>& answers = channel->answers();
    for (; !answers.empty() && answers.front().at < until; answers.pop_front()) {
      const DramAnswer& answer = answers.front();
      report_.read_latency.add(answer.at - Cycles(static_cast<std::int64_t>(answer.tag)));
      report_.cycles = later(report_.cycles, answer.at);
      --in_flight_;
    }
  }
}

}  // namespace systolith
