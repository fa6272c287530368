// Adapter of hw/rtl/stationary_array.sv.
#pragma once

#include "tests/cosim/rtl_array.h"

namespace systolith::cosim {

template <class Top, TileOperand kHeld>
class StationaryRtl final : public ClockedRtl<Top> {
 public:
  using Offer = SteppedArray::Offer;
  using Taken = SteppedArray::Taken;

  StationaryRtl() { this->reset(); }

  bool load_done() const override { return this->top_.load_done; }
  bool stream_done() const override { return this->top_.stream_done; }

  Taken step(const Offer& offer) override {
    Top& top = this->top_;
    offer_load(offer);
    offer_stream(offer);
    this->settle();
    Taken taken;
    taken.load = top.load_valid && top.load_ready;
    taken.words = top.word_take;
    taken.stream = top.stream_valid && top.stream_ready;
    taken.rows = top.row_take;
    this->edge();
    return taken;
  }

 private:
  void offer_load(const Offer& offer) {
    Top& top = this->top_;
    top.load_valid = offer.load != nullptr;
    if (offer.load != nullptr) {
      held_ = offer.load->format;
      set_port(top.load_rows, offer.load->rows);
      set_port(top.load_columns, offer.load->cols);
    }
    top.word_valid = offer.words != nullptr;
    if (offer.words != nullptr) set_lanes(top.word, *offer.words, held_);
  }

  void offer_stream(const Offer& offer) {
    Top& top = this->top_;
    top.stream_valid = offer.stream != nullptr;
    if (offer.stream != nullptr) {
      const ArrayStream& stream = *offer.stream;
      streamed_ = kHeld == TileOperand::weights ? stream.activations : stream.weights;
      top.stream_swap = stream.opens;
      top.stream_operands = operands_code(stream);
      top.stream_accumulate = stream.accumulate;
      set_port(top.stream_address, stream.accumulator_row);
      set_port(top.stream_length, stream.length);
      set_port(top.stream_columns, stream.cols);
    }
    top.row_valid = offer.left != nullptr;
    if (offer.left != nullptr) set_lanes(top.row, *offer.left, streamed_);
  }

  Format held_ = Format::int8, streamed_ = Format::int8;  // of the commands under way
};

template <class Top>
using WeightStationaryRtl = StationaryRtl<Top, TileOperand::weights>;
template <class Top>
using InputStationaryRtl = StationaryRtl<Top, TileOperand::activations>;

}  // namespace systolith::cosim
