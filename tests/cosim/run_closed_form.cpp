#include <algorithm>
#include <optional>

#include "hw/array/tile_product.h"
#include "hw/dataflow/array_schedule.h"
#include "tests/cosim/models.h"

namespace systolith::cosim {
namespace {

class Run {
 public:
  explicit Run(const Sequence& sequence)
      : sequence_(sequence),
        dataflow_(dataflow_of(sequence.built)),
        planes_(sequence.built.array.weight_buffers),
        schedule_(*dataflow_, planes_) {
    for (std::size_t i = 0; i < sequence.steps.size(); ++i)
      (sequence.steps[i].load ? loads_ : streams_).push_back(i);
    outcome_.lives.resize(sequence.steps.size());
  }

  Outcome outcome() {
    while (take_load() || take_stream()) continue;
    for (const ArrayStep& step : sequence_.steps)
      if (!step.load) add_sums(step);
    return std::move(outcome_);
  }

 private:
  // The step's earliest start, once all that it waits for has its times.
  std::optional<std::int64_t> ready(std::size_t i, std::optional<Cycles> engine) const {
    if (!engine) return std::nullopt;
    std::int64_t start = std::max(engine->count(), sequence_.steps[i].arrival);
    for (const std::size_t before : sequence_.steps[i].after) {
      if (outcome_.lives[before].finish < 0) return std::nullopt;
      start = std::max(start, outcome_.lives[before].finish);
    }
    return start;
  }

  bool take_load() {
    if (next_load_ == loads_.size()) return false;
    const std::size_t i = loads_[next_load_];
    // A single plane is not touched before the streams ahead of the load have passed.
    const bool streams_ahead = next_stream_ < streams_.size() && streams_[next_stream_] < i;
    if (planes_ == 1 && streams_ahead) return false;
    const auto start = ready(i, schedule_.load_ready());
    if (!start) return false;
    const ArrayStep& step = sequence_.steps[i];
    const Cycles end = Cycles(*start + step.delay()) + dataflow_->load(step.factors->tile());
    schedule_.load(end);
    outcome_.lives[i] = {*start, end.count()};
    ++next_load_;
    return true;
  }

  bool take_stream() {
    if (next_stream_ == streams_.size()) return false;
    const std::size_t i = streams_[next_stream_];
    const ArrayStep& step = sequence_.steps[i];
    const ArraySchedule::Stream stream{step.factors->tile(), step.opens, step.drains};
    const auto start = ready(i, schedule_.stream_ready(stream));
    if (!start) return false;
    const Cycles fed = Cycles(*start + step.delay()) + dataflow_->stream(stream.tile);
    const Cycles finish = schedule_.stream(stream, Cycles(*start), fed);
    outcome_.lives[i] = {*start, finish.count()};
    ++next_stream_;
    return true;
  }

  // What stays in the PEs (sums stationary) and what goes to the accumulators.
  void add_sums(const ArrayStep& step) {
    const Factors& f = *step.factors;
    const bool goes_on = !step.opens && dataflow_->stationary() == TileOperand::sums;
    inside_.resize(static_cast<std::size_t>(f.m * f.n));
    multiply(f, goes_on);
    if (!step.drains) return;
    const std::int64_t rows = dataflow_->sum_rows(f.tile());
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t col = 0; col < dataflow_->occupies(f.tile()).cols; ++col) {
        const TileElement sum = dataflow_->lands(row, col);
        std::int32_t& word = outcome_.sums[{step.accumulator_row + row, col}];
        const auto before = static_cast<std::uint32_t>(step.accumulate ? word : 0);
        word = static_cast<std::int32_t>(
            before + inside_[static_cast<std::size_t>(sum.row * f.n + sum.col)]);
      }
  }

  void multiply(const Factors& f, bool accumulate) {
    const bool packed = f.weights == Format::int4;
    const std::int64_t stride = packed_bytes(f.weights, f.n);
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(f.k * stride));
    for (std::int64_t k = 0; k < f.k; ++k)
      for (std::int64_t n = 0; n < f.n; ++n) {
        const auto w = static_cast<std::uint8_t>(f.w[static_cast<std::size_t>(k * f.n + n)]);
        std::uint8_t& byte = codes[static_cast<std::size_t>(k * stride + (packed ? n / 2 : n))];
        byte = packed ? static_cast<std::uint8_t>(byte | (w & 0xF) << n % 2 * 4) : w;
      }
    const WeightTile tile = pack_weights(codes.data(), stride, f.k, f.n, 1, f.weights);
    buffer_.codes.assign(f.a.begin(), f.a.end());
    tile_product(tile, {f.m, Format::int8, accumulate, f.n}, inside_.data(), buffer_);
  }

  const Sequence& sequence_;
  std::unique_ptr<Dataflow> dataflow_;
  std::int64_t planes_;
  ArraySchedule schedule_;
  std::vector<std::size_t> loads_, streams_;
  std::size_t next_load_ = 0, next_stream_ = 0;
  std::vector<std::uint32_t> inside_;
  ProductBuffer buffer_;
  Outcome outcome_;
};

}  // namespace

Outcome run_closed_form(const Sequence& sequence) { return Run(sequence).outcome(); }

}  // namespace systolith::cosim
