#include "tests/cosim/sequence.h"

#include <algorithm>
#include <numeric>

namespace systolith::cosim {
namespace {

std::int64_t uniform(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}
bool chance(Random& random, double p) { return std::bernoulli_distribution(p)(random); }

std::int8_t element(Random& random, Format format) {
  const std::int64_t limit = format == Format::int4 ? 8 : 128;
  if (chance(random, 0.1)) return static_cast<std::int8_t>(-limit);  // the one without a negative
  return static_cast<std::int8_t>(uniform(random, -limit, limit - 1));
}

std::vector<std::int8_t> elements(Random& random, Format format, std::int64_t count) {
  std::vector<std::int8_t> values(static_cast<std::size_t>(count));
  for (std::int8_t& value : values) value = element(random, format);
  return values;
}

class Builder {
 public:
  Builder(const Elaboration& built, Random& random)
      : random_(random),
        dataflow_(dataflow_of(built)),
        stationary_(dataflow_->stationary()),
        rows_(built.array.rows),
        cols_(built.array.cols),
        depth_(built.accumulator_rows),
        written_(static_cast<std::size_t>(depth_ * cols_)) {
    sequence_.built = built;
  }

  Sequence random_steps() {
    const auto target = static_cast<std::size_t>(uniform(random_, 1, 6));
    const bool spread = chance(random_, 0.4);
    std::int64_t arrival = 0;
    while (sequence_.steps.size() < target || waiting_.size() > 1) {
      ArrayStep step = stationary_ == TileOperand::sums ? sums_step() : next_step(target);
      if (spread) arrival += uniform(random_, 0, rows_ + cols_);
      step.arrival = arrival;
      step.held_up = random_delays(step);
      step.after = random_dependencies(step);
      sequence_.steps.push_back(std::move(step));
    }
    return std::move(sequence_);
  }

  Sequence repeated_tiles(std::int64_t count, std::int64_t streamed) {
    const TileShape most = dataflow_->limits();
    const auto size = [&](std::int64_t limit) {
      return limit == Dataflow::kAny ? streamed : limit;
    };
    const Factors whole =
        factors(size(most.m), size(most.k), size(most.n), Format::int8, Format::int8);
    for (std::int64_t i = 0; i < count; ++i) add_k_tiles(whole, {0, 0, whole.m, whole.n}, 0);
    return std::move(sequence_);
  }

  Sequence gemm() {
    const std::int64_t m = extent(dataflow_->limits().m), n = extent(dataflow_->limits().n);
    Factors whole = factors(m, uniform(random_, 1, 4 * rows_), n);
    std::int64_t row = 0;
    const std::int64_t tile_m = std::min(m, dataflow_->limits().m);
    const std::int64_t tile_n = std::min(n, dataflow_->limits().n);
    for (std::int64_t i = 0; i < m; i += tile_m)
      for (std::int64_t j = 0; j < n; j += tile_n) {
        const std::int64_t here_m = std::min(tile_m, m - i), here_n = std::min(tile_n, n - j);
        row += add_k_tiles(whole, {i, j, here_m, here_n}, row);
      }
    return std::move(sequence_);
  }

 private:
  struct Block {
    std::int64_t i, j, m, n;
  };

  // Streamed: up to 4 times the array's rows; held: up to 4 tiles, as far as the sums have room.
  std::int64_t extent(std::int64_t limit) {
    if (limit == Dataflow::kAny) return uniform(random_, 1, 4 * rows_);
    const std::int64_t tiles = std::max<std::int64_t>(depth_ / (8 * rows_), 1);
    return uniform(random_, 1, std::min<std::int64_t>(tiles, 4) * limit);
  }

  // Half of the tiles fill the array.
  std::int64_t held(std::int64_t limit) {
    return chance(random_, 0.5) ? limit : uniform(random_, 1, limit);
  }

  Factors factors(std::int64_t m, std::int64_t k, std::int64_t n) {
    const auto format = [&] { return chance(random_, 0.5) ? Format::int4 : Format::int8; };
    const Format activations = format();
    return factors(m, k, n, activations, format());
  }
  Factors factors(std::int64_t m, std::int64_t k, std::int64_t n, Format activations,
                  Format weights) {
    Factors f;
    f.m = m;
    f.k = k;
    f.n = n;
    f.activations = activations;
    f.weights = weights;
    f.per_pe = pe_rate(sequence_.built.packing, activations, weights).products;
    f.a = elements(random_, f.activations, m * k);
    f.w = elements(random_, f.weights, k * n);
    return f;
  }

  // A stationary tile; its streamed side is replaced by each stream's own.
  ArrayStep load_step() {
    Factors f = factors(1, 1, 1);
    f.k = held(rows_) * f.per_pe - uniform(random_, 0, f.per_pe - 1);
    (stationary_ == TileOperand::weights ? f.n : f.m) = held(cols_);
    f.a = elements(random_, f.activations, f.m * f.k);
    f.w = elements(random_, f.weights, f.k * f.n);
    ArrayStep step;
    step.load = true;
    step.factors = std::make_shared<Factors>(std::move(f));
    waiting_.push_back(step.factors);
    waiting_loads_.push_back(sequence_.steps.size());
    return step;
  }

  ArrayStep next_step(std::size_t target) {
    const bool closing = sequence_.steps.size() >= target;
    // A single plane holds no tile while another is on its way.
    const bool may_keep = held_ && (sequence_.built.array.weight_buffers == 2 || waiting_.empty());
    if (!closing && waiting_.size() < 2 &&
        ((!may_keep && waiting_.empty()) || chance(random_, 0.45)))
      return load_step();
    ArrayStep step;
    step.opens = !may_keep || (!waiting_.empty() && chance(random_, 0.7));
    if (step.opens) {
      held_ = waiting_.front();
      held_load_ = waiting_loads_.front();
      waiting_.erase(waiting_.begin());
      waiting_loads_.erase(waiting_loads_.begin());
    }
    Factors f = *held_;
    if (stationary_ == TileOperand::weights) {
      f.m = uniform(random_, 1, 4 * rows_);
      f.a = elements(random_, f.activations, f.m * f.k);
    } else {
      f.n = uniform(random_, 1, 4 * rows_);
      f.w = elements(random_, f.weights, f.k * f.n);
    }
    step.factors = std::make_shared<Factors>(std::move(f));
    choose_sums(step);
    return step;
  }

  // Sums stationary: a tile goes on until its sums have left.
  ArrayStep sums_step() {
    ArrayStep step;
    step.opens = !held_ || chance(random_, 0.3);
    const std::int64_t m = step.opens ? held(rows_) : held_->m;
    const std::int64_t n = step.opens ? held(cols_) : held_->n;
    step.factors = std::make_shared<Factors>(factors(m, uniform(random_, 1, 4 * rows_), n));
    step.drains = chance(random_, 0.7);
    held_ = step.drains ? nullptr : step.factors;
    if (step.drains) choose_sums(step);
    return step;
  }

  // Where the sums go: often where earlier ones are, added to them or in their place.
  void choose_sums(ArrayStep& step) {
    const TileShape tile = step.factors->tile();
    const std::int64_t count = dataflow_->sum_rows(tile);
    std::int64_t& row = step.accumulator_row;
    row = chance(random_, 0.6) ? last_row_ : uniform(random_, 0, depth_ - count);
    row = last_row_ = std::min(row, depth_ - count);
    step.accumulate = covered(row, count, dataflow_->occupies(tile).cols) && chance(random_, 0.6);
    mark(row, count, dataflow_->occupies(tile).cols);
  }

  bool covered(std::int64_t row, std::int64_t count, std::int64_t cols) const {
    for (std::int64_t r = row; r < row + count; ++r)
      for (std::int64_t c = 0; c < cols; ++c)
        if (!written_[static_cast<std::size_t>(r * cols_ + c)]) return false;
    return true;
  }
  void mark(std::int64_t row, std::int64_t count, std::int64_t cols) {
    for (std::int64_t r = row; r < row + count; ++r)
      for (std::int64_t c = 0; c < cols; ++c)
        written_[static_cast<std::size_t>(r * cols_ + c)] = true;
  }

  std::int64_t rows_of_lanes(const ArrayStep& step) const {
    const TileShape tile = step.factors->tile();
    return (step.load ? dataflow_->load(tile) : dataflow_->stream(tile)).count();
  }
  std::vector<std::int64_t> random_delays(const ArrayStep& step) {
    std::vector<std::int64_t> delays(static_cast<std::size_t>(rows_of_lanes(step)));
    if (chance(random_, 0.7)) return delays;
    for (std::size_t i = 1; i < delays.size(); ++i)
      if (chance(random_, 0.2)) delays[i] = uniform(random_, 1, 3);
    return delays;
  }

  // On earlier steps, never such that two wait for each other: a stream must not wait for the load
  // of a later tile, which may itself wait for the plane that the stream is to free.
  std::vector<std::size_t> random_dependencies(const ArrayStep& step) {
    std::vector<std::size_t> after;
    if (chance(random_, 0.6)) return after;
    for (std::size_t i = 0; i < sequence_.steps.size(); ++i) {
      const bool later_tile = sequence_.steps[i].load && !step.load && i > held_load_;
      if (!later_tile && chance(random_, 0.3)) after.push_back(i);
    }
    return after;
  }

  static std::vector<std::int8_t> cut(const std::vector<std::int8_t>& from, std::int64_t width,
                                      std::int64_t row, std::int64_t col, std::int64_t rows,
                                      std::int64_t cols) {
    std::vector<std::int8_t> part;
    for (std::int64_t r = row; r < row + rows; ++r)
      for (std::int64_t c = col; c < col + cols; ++c)
        part.push_back(from[static_cast<std::size_t>(r * width + c)]);
    return part;
  }

  // The K tiles of one block of sums, from accumulator row `row` on; returns the rows it takes.
  std::int64_t add_k_tiles(const Factors& whole, const Block& block, std::int64_t row) {
    const bool sums_stay = stationary_ == TileOperand::sums;
    const std::int64_t step_k = sums_stay ? whole.k : rows_ * whole.per_pe;
    std::int64_t taken = 0;
    for (std::int64_t k = 0; k < whole.k; k += step_k) {
      Factors f = whole;
      f.m = block.m;
      f.n = block.n;
      f.k = std::min(step_k, whole.k - k);
      f.a = cut(whole.a, whole.k, block.i, k, f.m, f.k);
      f.w = cut(whole.w, whole.n, k, block.j, f.k, f.n);
      ArrayStep stream;
      stream.factors = std::make_shared<Factors>(std::move(f));
      stream.accumulate = k > 0;
      stream.accumulator_row = row;
      taken = dataflow_->sum_rows(stream.factors->tile());
      ArrayStep load = stream;
      load.load = true;
      for (ArrayStep* step : {&load, &stream})
        step->held_up.resize(static_cast<std::size_t>(rows_of_lanes(*step)));
      if (!sums_stay) sequence_.steps.push_back(std::move(load));
      sequence_.steps.push_back(std::move(stream));
    }
    return taken;
  }

  Random& random_;
  std::unique_ptr<Dataflow> dataflow_;
  TileOperand stationary_;
  std::int64_t rows_, cols_, depth_;
  Sequence sequence_;
  std::vector<std::shared_ptr<const Factors>> waiting_;  // loaded, no stream yet
  std::vector<std::size_t> waiting_loads_;
  std::shared_ptr<const Factors> held_;
  std::size_t held_load_ = 0;
  std::vector<bool> written_;
  std::int64_t last_row_ = 0;
};

}  // namespace

PeOperand Factors::operand(const TileElement& element) const {
  const bool left = element.operand == TileOperand::activations;
  const std::int64_t first = (left ? element.col : element.row) * per_pe;
  PeOperand operand{};
  for (std::int64_t i = 0; i < per_pe && first + i < k; ++i)
    operand[static_cast<std::size_t>(i)] =
        left ? a[static_cast<std::size_t>(element.row * k + first + i)]
             : w[static_cast<std::size_t>((first + i) * n + element.col)];
  return operand;
}

std::int64_t ArrayStep::delay() const {
  return std::accumulate(held_up.begin(), held_up.end(), std::int64_t{0});
}

std::unique_ptr<Dataflow> dataflow_of(const Elaboration& built) {
  return registration<Dataflow>(built.array.dataflow.front()).create(built.array);
}

Format lane_format(const Factors& factors, Format format) {
  return factors.per_pe == 1 ? Format::int8 : format;
}

Sequence random_sequence(const Elaboration& built, Random& random) {
  return Builder(built, random).random_steps();
}

Sequence repeated_tiles(const Elaboration& built, std::int64_t count, std::int64_t streamed) {
  Random random(0);
  return Builder(built, random).repeated_tiles(count, streamed);
}

Sequence gemm_sequence(const Elaboration& built, Random& random) {
  return Builder(built, random).gemm();
}

std::string to_text(const Sequence& sequence) {
  std::string text;
  for (std::size_t i = 0; i < sequence.steps.size(); ++i) {
    const ArrayStep& step = sequence.steps[i];
    const Factors& f = *step.factors;
    text += fmt::format("{:3} {:6} m={} k={} n={} {} x {}", i, step.load ? "load" : "stream", f.m,
                        f.k, f.n, to_string(f.activations), to_string(f.weights));
    if (!step.load)
      text += fmt::format("{}{}{} rows from {}", step.opens ? " opens" : "",
                          step.drains ? " drains" : "", step.accumulate ? " accumulates" : "",
                          step.accumulator_row);
    text += fmt::format(", arrives {}, held up {}, after [{}]\n", step.arrival, step.delay(),
                        fmt::join(step.after, ", "));
  }
  return text;
}

}  // namespace systolith::cosim
