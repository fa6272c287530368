#include <deque>

#include "tests/cosim/models.h"

namespace systolith::cosim {
namespace {

// Rows of lanes of one step after the other, each as late as the step says.
class Lanes {
 public:
  Lanes(const Sequence& sequence, const Dataflow& dataflow)
      : sequence_(sequence), dataflow_(dataflow) {}

  void begin(std::size_t step) {
    step_ = step;
    row_ = wait_ = 0;
  }
  // Of the coming edge.
  bool there() const { return wait_ == 0; }
  LaneRow row(ArrayEdge edge) {
    const ArrayConfig& array = sequence_.built.array;
    LaneRow lanes(static_cast<std::size_t>(edge == ArrayEdge::left ? array.rows : array.cols));
    const Factors& factors = *sequence_.steps[step_].factors;
    for (std::size_t l = 0; l < lanes.size(); ++l) {
      const auto fed = dataflow_.fed(edge, static_cast<std::int64_t>(l), row_, factors.tile());
      lanes[l] = fed ? factors.operand(*fed) : garbage();
    }
    return lanes;
  }
  // After the edge; whether that was the step's last row.
  bool advance(bool entered) {
    if (!entered) {
      if (wait_ > 0) --wait_;
      return false;
    }
    const auto& held_up = sequence_.steps[step_].held_up;
    if (++row_ == static_cast<std::int64_t>(held_up.size())) return true;
    wait_ = held_up[static_cast<std::size_t>(row_)];
    return false;
  }

 private:
  // A lane that the tile leaves empty holds anything.
  PeOperand garbage() {
    PeOperand operand;
    for (std::int8_t& element : operand) element = static_cast<std::int8_t>(random_() & 0xFF);
    return operand;
  }

  const Sequence& sequence_;
  const Dataflow& dataflow_;
  std::size_t step_ = 0;
  std::int64_t row_ = 0, wait_ = 0;
  std::minstd_rand random_;
};

class Run {
 public:
  Run(const Sequence& sequence, SteppedArray& array)
      : sequence_(sequence),
        array_(array),
        dataflow_(dataflow_of(sequence.built)),
        loader_(sequence, *dataflow_),
        feeder_(sequence, *dataflow_) {
    for (std::size_t i = 0; i < sequence.steps.size(); ++i)
      (sequence.steps[i].load ? loads_ : streams_).push_back(i);
    lives_.resize(sequence.steps.size());
  }

  std::vector<Life> lives() {
    constexpr std::int64_t kLimit = 1'000'000;
    for (cycle_ = 0; unfinished() && cycle_ < kLimit; ++cycle_) {
      end_steps();
      edge();
    }
    return lives_;
  }

 private:
  bool unfinished() const {
    for (const Life& life : lives_)
      if (life.finish < 0) return true;
    return false;
  }

  void end_steps() {
    if (array_.load_done()) lives_[loading_].finish = cycle_;
    if (!array_.stream_done()) return;
    lives_[in_flight_.front()].finish = cycle_;
    in_flight_.pop_front();
  }

  // Whether the step may be offered at the coming edge.
  bool offered(std::size_t i) const {
    const ArrayStep& step = sequence_.steps[i];
    if (step.arrival > cycle_) return false;
    for (const std::size_t before : step.after)
      if (lives_[before].finish < 0) return false;
    return true;
  }
  bool load_offered() const {
    if (loads_.empty() || load_under_way_) return false;
    const bool single = sequence_.built.array.weight_buffers == 1;
    if (single && !streams_.empty() && streams_.front() < loads_.front()) return false;
    return offered(loads_.front());
  }

  void edge() {
    SteppedArray::Offer offer;
    ArrayLoad load;
    ArrayStream stream;
    LaneRow words, left, top;
    if (load_offered()) {
      loader_.begin(loads_.front());
      load = load_command(sequence_.steps[loads_.front()]);
      offer.load = &load;
    }
    if ((offer.load != nullptr || load_under_way_) && loader_.there()) {
      words = loader_.row(ArrayEdge::top);
      offer.words = &words;
    }
    if (!streams_.empty() && !stream_under_way_ && offered(streams_.front())) {
      feeder_.begin(streams_.front());
      stream = stream_command(sequence_.steps[streams_.front()]);
      offer.stream = &stream;
    }
    if ((offer.stream != nullptr || stream_under_way_) && feeder_.there()) {
      left = feeder_.row(ArrayEdge::left);
      offer.left = &left;
      if (dataflow_->stationary() == TileOperand::sums) {
        top = feeder_.row(ArrayEdge::top);
        offer.top = &top;
      }
    }
    note(array_.step(offer));
  }

  void note(const SteppedArray::Taken& taken) {
    if (taken.load) {
      loading_ = loads_.front();
      lives_[loading_].start = cycle_;
      loads_.pop_front();
      load_under_way_ = true;
    }
    if (load_under_way_ && loader_.advance(taken.words)) load_under_way_ = false;
    if (taken.stream) {
      lives_[streams_.front()].start = cycle_;
      in_flight_.push_back(streams_.front());
      streams_.pop_front();
      stream_under_way_ = true;
    }
    if (stream_under_way_ && feeder_.advance(taken.rows)) stream_under_way_ = false;
  }

  ArrayLoad load_command(const ArrayStep& step) const {
    const ArrayExtent extent = dataflow_->occupies(step.factors->tile());
    const bool weights = dataflow_->stationary() == TileOperand::weights;
    const Format format = weights ? step.factors->weights : step.factors->activations;
    return {lane_format(*step.factors, format), extent.rows, extent.cols};
  }
  ArrayStream stream_command(const ArrayStep& step) const {
    const ArrayExtent extent = dataflow_->occupies(step.factors->tile());
    ArrayStream stream;
    stream.activations = lane_format(*step.factors, step.factors->activations);
    stream.weights = lane_format(*step.factors, step.factors->weights);
    stream.length = dataflow_->stream(step.factors->tile()).count();
    stream.rows = extent.rows;
    stream.cols = extent.cols;
    stream.opens = step.opens;
    stream.drains = step.drains;
    stream.accumulate = step.accumulate;
    stream.accumulator_row = step.accumulator_row;
    return stream;
  }

  const Sequence& sequence_;
  SteppedArray& array_;
  std::unique_ptr<Dataflow> dataflow_;
  Lanes loader_, feeder_;
  std::deque<std::size_t> loads_, streams_, in_flight_;
  std::size_t loading_ = 0;
  bool load_under_way_ = false, stream_under_way_ = false;
  std::int64_t cycle_ = 0;
  std::vector<Life> lives_;
};

}  // namespace

Outcome run_stepped(const Sequence& sequence, SteppedArray& array,
                    const std::map<SumPlace, std::int32_t>& places) {
  Outcome outcome;
  outcome.lives = Run(sequence, array).lives();
  // The last rows first: they have only just come.
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    const auto [row, col] = place->first;
    outcome.sums[place->first] = array.accumulator(row, col);
  }
  return outcome;
}

std::string differences(const Outcome& expected, const Outcome& found) {
  std::string text;
  for (std::size_t i = 0; i < expected.lives.size(); ++i) {
    const Life a = expected.lives[i], b = found.lives[i];
    if (!(a == b))
      text += fmt::format("step {}: {} to {}, expected {} to {}\n", i, b.start, b.finish, a.start,
                          a.finish);
  }
  for (const auto& [place, sum] : expected.sums) {
    const std::int32_t other = found.sums.at(place);
    if (other != sum)
      text += fmt::format("accumulator row {}, column {}: {}, expected {}\n", place.first,
                          place.second, other, sum);
  }
  return text;
}

}  // namespace systolith::cosim
