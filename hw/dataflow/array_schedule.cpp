#include "hw/dataflow/array_schedule.h"

#include <algorithm>

namespace systolith {

std::optional<Cycles> ArraySchedule::load_ready() const {
  if (tile_waits_) return std::nullopt;
  return std::max(loaded_, planes_ == 1 ? finish_ : plane_free_);
}

void ArraySchedule::load(Cycles end) {
  tile_waits_ = true;
  loaded_ = end;
}

std::optional<Cycles> ArraySchedule::stream_ready(const Stream& stream) const {
  if (loads()) {
    if (!stream.opens) return fed_;
    if (!tile_waits_) return std::nullopt;
    return std::max(fed_, loaded_);
  }
  Cycles ready = fed_;
  if (stream.opens && planes_ == 1) ready = std::max(ready, finish_);
  if (stream.drains && drained_)
    ready = std::max(ready, *drained_ + dataflow_.drain() - dataflow_.stream(stream.tile));
  return ready;
}

Cycles ArraySchedule::stream(const Stream& stream, Cycles start, Cycles fed) {
  if (stream.opens) {
    tile_waits_ = false;
    plane_free_ = start + dataflow_.plane_swap();
  }
  fed_ = fed;
  if (stream.drains) drained_ = fed;
  const Cycles behind = dataflow_.latency(stream.tile) - dataflow_.stream(stream.tile);
  return finish_ = fed + behind;
}

}  // namespace systolith
