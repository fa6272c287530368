// Replays requests against DRAM alone, without a machine around it: they enter in their order, one
// a clock, at most `outstanding` reads at a time. A read's place is free on the clock after its
// answer; a write waits for room in its queue only. What can't enter holds up those behind it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "hw/dram/channel_interleave.h"
#include "hw/dram/dram_controller.h"
#include "hw/dram/latency_count.h"
#include "hw/dram/request_trace.h"

namespace systolith {

struct ReplayReport {
  Cycles cycles;              // of the DRAM, until the last data has crossed the bus
  LatencyCount read_latency;  // from entering the channel to the last data
  DramCounters counters;      // of all channels
};

class DramReplay {
 public:
  // Requires: outstanding > 0. Throws UserError as DramController.
  DramReplay(const DramConfig& dram, std::int64_t outstanding);

  // To be called once. `next` gives the requests, false at their end.
  ReplayReport run(const std::function<bool(TraceRequest&)>& next);

 private:
  static constexpr Cycles kNever = DramController::kNever;

  // When the request may enter; kNever where a command must make room first.
  Cycles entry(const TraceRequest& request);
  void advance(Cycles entry);
  void enter(const TraceRequest& request, Cycles at);
  Cycles earliest_answer() const;
  // Takes out answers before `until`.
  void collect(Cycles until);

  ChannelInterleave interleave_;
  std::vector<std::unique_ptr<DramController>> channels_;
  std::int64_t outstanding_, in_flight_ = 0;
  DramRequest request_;               // the next one, as its channel sees it
  DramController* target_ = nullptr;  // its channel
  Cycles now_;
  Cycles entered_{-1};  // when the last one did
  ReplayReport report_;
};

}  // namespace systolith
