// Adapter of hw/rtl/output_stationary_array.sv.
#pragma once

#include "tests/cosim/rtl_array.h"

namespace systolith::cosim {

template <class Top>
class OutputStationaryRtl final : public ClockedRtl<Top> {
 public:
  using Offer = SteppedArray::Offer;
  using Taken = SteppedArray::Taken;

  OutputStationaryRtl() { this->reset(); }

  bool load_done() const override { return false; }
  bool stream_done() const override { return this->top_.stream_done; }

  Taken step(const Offer& offer) override {
    Top& top = this->top_;
    top.stream_valid = offer.stream != nullptr;
    if (offer.stream != nullptr) offer_stream(*offer.stream);
    top.row_valid = offer.left != nullptr;
    if (offer.left != nullptr) {
      set_lanes(top.activations, *offer.left, stream_.activations);
      set_lanes(top.weights, *offer.top, stream_.weights);
    }
    this->settle();
    Taken taken;
    taken.stream = top.stream_valid && top.stream_ready;
    taken.rows = top.row_take;
    this->edge();
    return taken;
  }

 private:
  void offer_stream(const ArrayStream& stream) {
    Top& top = this->top_;
    stream_ = stream;
    top.stream_opens = stream.opens;
    top.stream_drains = stream.drains;
    top.stream_operands = operands_code(stream);
    top.stream_accumulate = stream.accumulate;
    set_port(top.stream_address, stream.accumulator_row);
    set_port(top.stream_length, stream.length);
    set_port(top.stream_rows, stream.rows);
    set_port(top.stream_columns, stream.cols);
  }

  ArrayStream stream_;  // offered or under way
};

}  // namespace systolith::cosim
