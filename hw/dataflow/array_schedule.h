// When an array's two engines, its loader and its feeder, may take their next commands and when
// these are done, in closed form. It knows commands only by their times: it costs a few additions a
// command, whatever the array's size.
#pragma once

#include "hw/dataflow/dataflow.h"

namespace systolith {

class ArraySchedule {
 public:
  struct Stream {
    TileShape tile;
    bool opens = true;   // takes the loaded tile (sums stationary: starts at zero)
    bool drains = true;  // its sums leave the PEs, where they are what is stationary
  };

  // `planes`: 1, or 2 to load (sums stationary: to drain) behind the stream.
  ArraySchedule(const Dataflow& dataflow, std::int64_t planes)
      : dataflow_(dataflow), planes_(planes) {}

  // When all streams so far are done.
  Cycles finish() const { return finish_; }

  // Earliest start of the next load; none while a loaded tile waits for its stream.
  std::optional<Cycles> load_ready() const;
  // A load starts and its last word enters in the cycle before `end`: start + dataflow.load(),
  // later where words were held up. Requires: start >= load_ready().
  void load(Cycles end);

  // A tile that waits for its stream will never be taken.
  void forget_tile() { tile_waits_ = false; }

  // Earliest start of this stream as the next one; none while its tile is not even being loaded.
  std::optional<Cycles> stream_ready(const Stream& stream) const;
  // A stream starts and its last row enters in the cycle before `fed`: start + dataflow.stream(),
  // later where rows were held up. Returns when its last result is in the accumulators.
  // Requires: start >= stream_ready().
  Cycles stream(const Stream& stream, Cycles start, Cycles fed);

 private:
  bool loads() const { return dataflow_.stationary() != TileOperand::sums; }

  const Dataflow& dataflow_;
  std::int64_t planes_;
  bool tile_waits_ = false;        // being loaded, or loaded and not taken yet
  Cycles loaded_;                  // end of the latest load
  Cycles plane_free_;              // with two planes: the wavefront has taken the latest tile
  Cycles fed_;                     // end of the latest stream
  Cycles finish_;                  // of all streams so far
  std::optional<Cycles> drained_;  // end of the latest stream whose sums left
};

}  // namespace systolith
