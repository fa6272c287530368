// An array that is stepped edge by edge, as its RTL is: the PE-level model (hw/array/pe_array.h)
// and, in tests/cosim, the RTL itself. Plain C++, no SystemC.
//
// The caller plays the command processor and the scratchpad: it offers a command and the rows of
// lanes that go with it; the array says what it took at the edge. Loads are the stationary
// operand's (none where the sums are stationary), streams are everything that moves past it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hw/arith/format.h"

namespace systolith {

// What one PE takes of one operand in a cycle: as many elements as it multiplies at a time, zeros
// behind.
using PeOperand = std::array<std::int8_t, 4>;
using LaneRow = std::vector<PeOperand>;  // lane by lane of an edge

struct ArrayLoad {
  Format format = Format::int8;
  std::int64_t rows = 0, cols = 0;  // of the tile; the array fills up with zeros
};

struct ArrayStream {
  Format activations = Format::int8, weights = Format::int8;
  std::int64_t length = 0;           // rows of lanes, >= 1
  std::int64_t rows = 0, cols = 0;   // PEs in use
  bool opens = true;                 // takes the loaded tile (sums stationary: starts at zero)
  bool drains = true;                // the sums leave the PEs, where they are what is stationary
  bool accumulate = false;           // onto the accumulators, or in their place
  std::int64_t accumulator_row = 0;  // of the first result
};

class SteppedArray {
 public:
  // For the coming edge. A row of lanes is null where the scratchpad has none ready.
  struct Offer {
    const ArrayLoad* load = nullptr;
    const LaneRow* words = nullptr;  // top edge, for the load
    const ArrayStream* stream = nullptr;
    const LaneRow* left = nullptr;  // left edge, for the stream
    const LaneRow* top = nullptr;   // top edge, for the stream; unused where an operand is loaded
  };
  struct Taken {
    bool load = false, words = false;   // a load starts; its next words enter
    bool stream = false, rows = false;  // a stream starts; its next rows enter
  };

  virtual ~SteppedArray() = default;
  // Before the coming edge: whether from that edge on the load under way is complete, and whether
  // the oldest stream is.
  virtual bool load_done() const = 0;
  virtual bool stream_done() const = 0;
  // One edge.
  virtual Taken step(const Offer& offer) = 0;
  // A word of the accumulators, one cycle after its stream is done.
  virtual std::int32_t accumulator(std::int64_t row, std::int64_t col) = 0;
};

}  // namespace systolith
