#include "hw/array/output_pe_array.h"

#include <algorithm>

namespace systolith {

OutputPeArray::OutputPeArray(const ArrayConfig& array, std::int64_t accumulator_rows)
    : rows_(array.rows),
      cols_(array.cols),
      two_planes_(array.weight_buffers == 2),
      left_(static_cast<std::size_t>(rows_)),
      top_(static_cast<std::size_t>(cols_)),
      end_delay_(rows_ - 1),
      done_delay_(rows_ - 1),
      tags_(static_cast<std::size_t>(cols_)),
      sums_below_(accumulator_rows, cols_) {
  for (std::int64_t r = 0; r < rows_; ++r) left_skew_.emplace_back(r);
  for (std::int64_t c = 0; c < cols_; ++c) top_skew_.emplace_back(c);
  const auto pes = static_cast<std::size_t>(rows_ * cols_);
  activation_.resize(pes);
  weight_.resize(pes);
  sum_.resize(pes);
  drain_.resize(pes);
  passing_.resize(pes);
  draining_.resize(pes);
}

bool OutputPeArray::stream_done() const {
  if (cols_ > 1) return tags_[static_cast<std::size_t>(cols_ - 2)].done;
  return done_delay_.next(end_delay_.next(end_).here ? 1 : 0) != 0;
}

SteppedArray::Taken OutputPeArray::step(const Offer& offer) {
  if (stream_done()) --in_flight_;
  // From below upwards, so that a row still finds what its upper neighbour held before the edge.
  for (std::int64_t r = rows_; r-- > 0;) move_row(r);
  move_sums_out();
  Taken taken;
  take_rows(offer, in_flight_ == 0, taken);
  return taken;
}

void OutputPeArray::move_row(std::int64_t r) {
  Fed* activation = activation_.data() + at(r, 0);
  std::copy_backward(activation, activation + cols_ - 1, activation + cols_);
  const auto lane = static_cast<std::size_t>(r);
  activation[0] = left_skew_[lane].push(left_[lane]);
  for (std::int64_t c = 0; c < cols_; ++c) {
    const auto column = static_cast<std::size_t>(c);
    weight_[at(r, c)] = r > 0 ? weight_[at(r - 1, c)] : top_skew_[column].push(top_[column]);
    add(at(r, c), activation[c], r > 0 ? passing_[at(r - 1, c)] : 0);
  }
}

// One PE: its operands have just come; what leaves the row above comes `from_above`.
void OutputPeArray::add(std::size_t pe, const Fed& fed, std::int32_t from_above) {
  std::int32_t& held = sum_[pe];
  passing_[pe] = two_planes_ ? drain_[pe] : held;
  if (two_planes_) drain_[pe] = from_above;
  if (fed.valid) {
    held = (fed.first ? 0 : held) + products(fed.operand, weight_[pe]);
    draining_[pe] = fed.last ? 1 : 0;
    if (two_planes_ && fed.last) drain_[pe] = held;
  } else if (!two_planes_ && draining_[pe] != 0) {
    held = from_above;
  }
}

// The word that has just entered the last row's drain in column 0.
OutputPeArray::Tag OutputPeArray::next_word() {
  const End end = end_delay_.push(end_);
  Tag tag;
  tag.done = done_delay_.push(end.here ? 1 : 0) != 0;
  if (end.here && end.drains) {
    leaving_ = end;
    words_left_ = rows_;
  }
  if (words_left_ == 0) return tag;
  --words_left_;
  tag.valid = words_left_ < leaving_.rows;
  tag.accumulate = leaving_.accumulate;
  tag.row = leaving_.row + words_left_;
  tag.cols = leaving_.cols;
  return tag;
}

void OutputPeArray::move_sums_out() {
  std::copy_backward(tags_.begin(), tags_.end() - 1, tags_.end());
  tags_[0] = next_word();
  const std::vector<std::int32_t>& bottom = two_planes_ ? drain_ : sum_;
  for (std::int64_t c = 0; c < cols_; ++c) {
    const Tag& tag = tags_[static_cast<std::size_t>(c)];
    if (tag.valid && c < tag.cols)
      sums_below_.write(tag.row, c, bottom[at(rows_ - 1, c)], tag.accumulate);
  }
}

void OutputPeArray::take_rows(const Offer& offer, bool empty, Taken& taken) {
  const bool may_start = offer.stream != nullptr &&
                         (!offer.stream->drains || drain_taken_ < offer.stream->length) &&
                         (!offer.stream->opens || two_planes_ || empty);
  const RowCounter::Row row = rows_in_.step(offer.stream, may_start, offer.left != nullptr);
  taken.stream = row.starts;
  taken.rows = row.enters;
  if (row.starts) {
    ++in_flight_;
    stream_ = *offer.stream;
  }
  if (drain_taken_ > 0) --drain_taken_;
  if (row.last && stream_.drains) drain_taken_ = rows_ - 1;
  end_ = {row.last,     stream_.drains, stream_.accumulate, stream_.accumulator_row,
          stream_.rows, stream_.cols};
  for (std::size_t r = 0; r < left_.size(); ++r) {
    left_[r] = {};
    if (!row.enters) continue;
    left_[r].operand = (*offer.left)[r];
    left_[r].valid = true;
    left_[r].first = row.starts && stream_.opens;
    left_[r].last = row.last && stream_.drains;
  }
  if (row.enters) top_ = *offer.top;
}

}  // namespace systolith
