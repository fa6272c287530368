// The RTL of an array, as Verilator translates it, behind the interface of the stepped models.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "tests/cosim/sequence.h"

namespace systolith::cosim {

// One elaboration of the RTL.
struct RtlArray {
  std::string name;
  Elaboration built;
  std::unique_ptr<SteppedArray> (*create)() = nullptr;  // fresh from reset
};

inline void PrintTo(const RtlArray& rtl, std::ostream* out) { *out << rtl.name; }

// All that this program was built with.
const std::vector<RtlArray>& rtl_arrays();

// A lane's bits: bytes or nibbles, the first element lowest (hw/rtl/array_pkg.sv).
inline std::uint16_t lane_bits(const PeOperand& operand, Format format) {
  const unsigned width = format == Format::int4 ? 4 : 8;
  unsigned bits = 0;
  for (unsigned i = 0; i < operand.size() && i * width < 16; ++i)
    bits |= (static_cast<unsigned>(operand[i]) & ((1U << width) - 1)) << i * width;
  return static_cast<std::uint16_t>(bits);
}

// array_pkg::operands_t.
inline std::uint8_t operands_code(const ArrayStream& stream) {
  if (stream.weights == Format::int8) return stream.activations == Format::int8 ? 0 : 3;
  return stream.activations == Format::int8 ? 1 : 2;
}

template <class Port>
void set_port(Port& port, std::int64_t value) {
  port = static_cast<Port>(value);
}

template <class Port, std::size_t kLanes>
void set_lanes(Port (&lanes)[kLanes], const LaneRow& row, Format format) {
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = static_cast<Port>(lane_bits(row[i], format));
}

// What the RTL's top levels have in common: clock, reset, the accumulators' read port.
template <class Top>
class ClockedRtl : public SteppedArray {
 public:
  std::int32_t accumulator(std::int64_t row, std::int64_t col) override {
    if (row != row_read_) {
      set_port(top_.read_address, row);
      this->step({});
      row_read_ = row;
    }
    return static_cast<std::int32_t>(top_.read_data[col]);
  }

 protected:
  void reset() {
    top_.rst = 1;
    for (int i = 0; i < 2; ++i) {
      settle();
      edge();
    }
    top_.rst = 0;
    settle();
  }
  // The inputs reach the outputs.
  void settle() {
    top_.clk = 0;
    top_.eval();
  }
  void edge() {
    top_.clk = 1;
    top_.eval();
    row_read_ = -1;
  }

  Top top_;

 private:
  std::int64_t row_read_ = -1;
};

}  // namespace systolith::cosim
