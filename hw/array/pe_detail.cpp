#include "hw/array/pe_detail.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hw/base/error.h"

namespace systolith {
namespace {

// Contraction indices [unit * p, unit * p + p) of the tile's column, zeros outside its block.
PeOperand held_operand(const WeightTile& tile, std::int64_t unit, std::int64_t col) {
  PeOperand operand{};
  if (tile.integers.empty()) return operand;
  const std::int64_t block_rows = tile.block_rows();
  for (std::int64_t i = 0; i < tile.rate.products; ++i) {
    const std::int64_t k = unit * tile.rate.products + i;
    if (k >= tile.rows || k / block_rows != col / tile.block_cols()) continue;
    const std::int64_t at = col * tile.stride + k % block_rows;
    operand[static_cast<std::size_t>(i)] =
        static_cast<std::int8_t>(tile.integers[static_cast<std::size_t>(at)]);
  }
  return operand;
}

PeOperand fed_operand(const WeightTile& tile, const std::vector<std::uint8_t>& codes,
                      std::int64_t row, std::int64_t unit) {
  PeOperand operand{};
  if (codes.empty()) return operand;
  for (std::int64_t i = 0; i < tile.rate.products; ++i) {
    const std::int64_t k = unit * tile.rate.products + i;
    if (k < tile.rows)
      operand[static_cast<std::size_t>(i)] =
          static_cast<std::int8_t>(codes[static_cast<std::size_t>(row * tile.rows + k)]);
  }
  return operand;
}

}  // namespace

PeDetail::PeDetail(std::string name, const ArrayConfig& array, TileOperand stationary,
                   std::int64_t accumulator_rows)
    : name_(std::move(name)),
      config_(array),
      stationary_(stationary),
      rows_(array.rows),
      cols_(array.cols),
      // Streams under way never have more rows than one that fills the accumulators and what moves
      // through the array behind it.
      depth_(2 * accumulator_rows + 4 * (rows_ + cols_)),
      array_(make_pe_array(array, stationary, depth_)) {}

void PeDetail::load(Cycles first, Cycles end, const WeightTile& tile) {
  Load load{first, end, {}, {}};
  load.command.rows = ceil_div(tile.rows, tile.rate.products);
  load.command.cols = tile.cols;
  for (std::int64_t step = 0; step < rows_; ++step) {
    const std::int64_t row = config_.weight_load == "chain" ? rows_ - 1 - step : step;
    LaneRow words(static_cast<std::size_t>(cols_));
    if (row < load.command.rows)
      for (std::int64_t c = 0; c < tile.cols; ++c)
        words[static_cast<std::size_t>(c)] = held_operand(tile, row, c);
    load.words.push_back(std::move(words));
  }
  loads_.push_back(std::move(load));
}

void PeDetail::stream(Stream stream) { streams_.push_back(std::move(stream)); }

void PeDetail::advance(Cycles now) {
  while (edge_ < now && !idle()) edge();
  edge_ = std::max(edge_, now);
}

void PeDetail::forget_tile(Cycles now) {
  advance(now + Cycles(1));
  SYSTOLITH_CHECK(idle(), "{}: the PEs still move", name_);
  array_ = make_pe_array(config_, stationary_, depth_);
}

Cycles PeDetail::due(Cycles first, Cycles end, std::size_t next, std::size_t count) {
  if (next + 1 == count) return end - Cycles(1);
  return first + Cycles(static_cast<std::int64_t>(next));
}

void PeDetail::edge() {
  std::optional<InFlight> done;
  if (array_->stream_done()) {
    SYSTOLITH_CHECK(!in_flight_.empty(), "{}: the PEs finish a stream that never began", name_);
    done = std::move(in_flight_.front());
    in_flight_.pop_front();
    SYSTOLITH_CHECK(done->stream.finish == edge_,
                    "{}: the PEs finish a stream at cycle {}, the closed form says {}", name_,
                    edge_.count(), done->stream.finish.count());
  }
  SteppedArray::Offer offer;
  ArrayStream command;
  if (!loads_.empty() &&
      due(loads_[0].first, loads_[0].end, words_, loads_[0].words.size()) <= edge_) {
    offer.load = words_ == 0 ? &loads_[0].command : nullptr;
    offer.words = &loads_[0].words[words_];
  }
  if (!streams_.empty() &&
      due(streams_[0].first, streams_[0].end, lanes_, streams_[0].left.size()) <= edge_) {
    const Stream& next = streams_[0];
    command.length = static_cast<std::int64_t>(next.left.size());
    command.rows = next.rows;
    command.cols = next.cols;
    command.opens = next.opens;
    if (next_row_ + next.rows > depth_) next_row_ = 0;
    command.accumulator_row = next_row_;
    offer.stream = lanes_ == 0 ? &command : nullptr;
    offer.left = &next.left[lanes_];
    if (!next.top.empty()) offer.top = &next.top[lanes_];
  }
  const SteppedArray::Taken taken = array_->step(offer);
  SYSTOLITH_CHECK(taken.words == (offer.words != nullptr) && taken.rows == (offer.left != nullptr),
                  "{}: at cycle {} the PEs do not take what the closed form feeds", name_,
                  edge_.count());
  note_taken(taken);
  if (done) compare(*done);
  edge_ += Cycles(1);
}

void PeDetail::note_taken(const SteppedArray::Taken& taken) {
  if (taken.words && ++words_ == loads_[0].words.size()) {
    words_ = 0;
    loads_.pop_front();
  }
  if (!taken.rows || ++lanes_ < streams_[0].left.size()) return;
  lanes_ = 0;
  const std::int64_t rows = streams_[0].rows;
  in_flight_.push_back({std::move(streams_[0]), next_row_});
  next_row_ += rows;
  streams_.pop_front();
}

void PeDetail::compare(const InFlight& done) {
  const Stream& stream = done.stream;
  if (stream.sums.empty()) return;
  for (std::int64_t row = 0; row < stream.rows; ++row)
    for (std::int64_t col = 0; col < stream.cols; ++col) {
      const auto expected =
          static_cast<std::int32_t>(stream.sums[static_cast<std::size_t>(row * stream.cols + col)]);
      const std::int32_t found = array_->accumulator(done.row + row, col);
      SYSTOLITH_CHECK(found == expected,
                      "{}: the PEs sum row {}, column {} to {} by cycle {}, the product is {}",
                      name_, row, col, found, edge_.count(), expected);
    }
}

void feed_lanes(const WeightTile& tile, const std::vector<std::uint8_t>& codes, std::int64_t rows,
                const ArrayConfig& array, PeDetail::Stream& stream) {
  const std::int64_t units = ceil_div(tile.rows, tile.rate.products);
  const bool sums = tile.stationary == TileOperand::sums;
  stream.rows = rows;
  stream.cols = tile.cols;
  for (std::int64_t step = 0; step < (sums ? units : rows); ++step) {
    LaneRow left(static_cast<std::size_t>(array.rows)), top(static_cast<std::size_t>(array.cols));
    for (std::int64_t lane = 0; lane < (sums ? rows : units); ++lane)
      left[static_cast<std::size_t>(lane)] =
          sums ? fed_operand(tile, codes, lane, step) : fed_operand(tile, codes, step, lane);
    stream.left.push_back(std::move(left));
    if (!sums) continue;
    for (std::int64_t lane = 0; lane < tile.cols; ++lane)
      top[static_cast<std::size_t>(lane)] = held_operand(tile, step, lane);
    stream.top.push_back(std::move(top));
  }
}

}  // namespace systolith
