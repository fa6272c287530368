#include "hw/array/stationary_pe_array.h"

#include <algorithm>

namespace systolith {

StationaryPeArray::StationaryPeArray(const ArrayConfig& array, std::int64_t accumulator_rows)
    : rows_(array.rows),
      cols_(array.cols),
      two_planes_(array.weight_buffers == 2),
      chained_(array.weight_load == "chain"),
      left_(static_cast<std::size_t>(rows_)),
      top_(static_cast<std::size_t>(cols_)),
      tag_delay_(rows_ - 1),
      tags_(static_cast<std::size_t>(cols_)),
      sums_below_(accumulator_rows, cols_) {
  for (std::int64_t r = 0; r < rows_; ++r) left_skew_.emplace_back(r);
  for (std::int64_t c = 0; c < cols_; ++c) top_skew_.emplace_back(c);
  const auto pes = static_cast<std::size_t>(rows_ * cols_);
  streamed_.resize(pes);
  active_.resize(pes);
  shadow_.resize(pes);
  swap_.resize(pes);
  sum_.resize(pes);
  passing_.resize(pes);
  kept_.resize(pes);
}

bool StationaryPeArray::stream_done() const {
  const Tag& next = cols_ == 1 ? tag_delay_.next(tag_) : tags_[static_cast<std::size_t>(cols_ - 2)];
  return next.valid && next.last;
}

SteppedArray::Taken StationaryPeArray::step(const Offer& offer) {
  const bool ends = stream_done();
  // From below upwards, so that a row still finds what its upper neighbour held before the edge.
  for (std::int64_t r = rows_; r-- > 0;) move_stream(r);
  move_words();
  move_sums_out();
  Taken taken;
  if (ends) --in_flight_;
  const bool empty = in_flight_ == 0;
  take_rows(offer, taken);
  take_words(offer, empty, taken);
  return taken;
}

void StationaryPeArray::move_stream(std::int64_t r) {
  PeOperand* streamed = streamed_.data() + at(r, 0);
  std::uint8_t* swap = swap_.data() + at(r, 0);
  std::copy_backward(streamed, streamed + cols_ - 1, streamed + cols_);
  std::copy_backward(swap, swap + cols_ - 1, swap + cols_);
  const auto lane = static_cast<std::size_t>(r);
  const Fed fed = left_skew_[lane].push(left_[lane]);
  streamed[0] = fed.operand;
  swap[0] = fed.swap ? 1 : 0;

  PeOperand* active = active_.data() + at(r, 0);
  if (two_planes_)
    for (std::int64_t c = 0; c < cols_; ++c)
      if (swap[c] != 0) active[c] = shadow_[at(r, c)];
  std::int32_t* sum = sum_.data() + at(r, 0);
  for (std::int64_t c = 0; c < cols_; ++c)
    sum[c] = (r > 0 ? sum[c - cols_] : 0) + products(streamed[c], active[c]);
}

void StationaryPeArray::move_words() {
  if (words_moving_ == 0) return;
  --words_moving_;
  for (std::int64_t c = 0; c < cols_; ++c) {
    const auto lane = static_cast<std::size_t>(c);
    const Word word = top_skew_[lane].push(top_[lane]);
    if (chained_) {
      if (word.valid) shift_column(c, word.operand);
      continue;
    }
    for (std::int64_t r = rows_; r-- > 0;) pass_word(r, c, r > 0 ? passing_[at(r - 1, c)] : word);
  }
}

void StationaryPeArray::shift_column(std::int64_t c, const PeOperand& word) {
  std::vector<PeOperand>& plane = two_planes_ ? shadow_ : active_;
  for (std::int64_t r = rows_ - 1; r > 0; --r) plane[at(r, c)] = plane[at(r - 1, c)];
  plane[at(0, c)] = word;
}

void StationaryPeArray::pass_word(std::int64_t r, std::int64_t c, const Word& word) {
  const std::size_t pe = at(r, c);
  passing_[pe] = {};
  if (!word.valid) return;
  if (word.first) {
    (two_planes_ ? shadow_ : active_)[pe] = word.operand;
  } else {
    passing_[pe] = {word.operand, true, kept_[pe] != 0};
  }
  kept_[pe] = word.first ? 1 : 0;
}

void StationaryPeArray::move_sums_out() {
  std::copy_backward(tags_.begin(), tags_.end() - 1, tags_.end());
  tags_[0] = tag_delay_.push(tag_);
  for (std::int64_t c = 0; c < cols_; ++c) {
    const Tag& tag = tags_[static_cast<std::size_t>(c)];
    if (tag.valid && c < tag.cols)
      sums_below_.write(tag.row, c, sum_[at(rows_ - 1, c)], tag.accumulate);
  }
}

void StationaryPeArray::take_rows(const Offer& offer, Taken& taken) {
  const bool may_start = offer.stream != nullptr && (loaded_ || !offer.stream->opens);
  const RowCounter::Row row = rows_in_.step(offer.stream, may_start, offer.left != nullptr);
  taken.stream = row.starts;
  taken.rows = row.enters;
  if (row.starts) {
    ++in_flight_;
    tag_.accumulate = offer.stream->accumulate;
    tag_.row = offer.stream->accumulator_row;
    tag_.cols = offer.stream->cols;
  } else if (row.enters) {
    ++tag_.row;
  }
  tag_.valid = row.enters;
  tag_.last = row.last;
  const bool swaps = row.starts && offer.stream->opens;
  for (std::size_t r = 0; r < left_.size(); ++r)
    left_[r] = {row.enters ? (*offer.left)[r] : PeOperand{}, swaps};
}

bool StationaryPeArray::plane_free(bool empty, bool swaps) const {
  if (!two_planes_) return !loaded_ && empty;
  if (!chained_ || rows_ == 1) return !loaded_ || swaps;
  return !loaded_ && swapping_ == 0;
}

void StationaryPeArray::take_words(const Offer& offer, bool empty, Taken& taken) {
  const bool swaps = taken.stream && offer.stream->opens;
  taken.load = offer.load != nullptr && offer.words != nullptr && words_taken_ == 0 &&
               plane_free(empty, swaps);
  taken.words = taken.load || (words_taken_ > 0 && offer.words != nullptr);
  if (taken.load) load_ = *offer.load;
  const std::int64_t row = chained_ ? rows_ - 1 - words_taken_ : words_taken_;
  for (std::size_t c = 0; c < top_.size(); ++c) {
    const bool used = taken.words && row < load_.rows && static_cast<std::int64_t>(c) < load_.cols;
    top_[c] = {used ? (*offer.words)[c] : PeOperand{}, taken.words, taken.load};
  }
  if (swaps) {
    loaded_ = false;
    swapping_ = std::max<std::int64_t>(rows_ - 2, 0);
  } else if (swapping_ > 0) {
    --swapping_;
  }
  load_done_ = false;
  if (!taken.words) return;
  words_moving_ = rows_ + cols_ + 1;
  if (++words_taken_ < rows_) return;
  words_taken_ = 0;
  loaded_ = load_done_ = true;
}

}  // namespace systolith
