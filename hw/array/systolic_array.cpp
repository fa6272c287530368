#include "hw/array/systolic_array.h"

#include <algorithm>
#include <utility>

#include "hw/array/feed_plan.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

// Integers of any width multiply; a float format keeps to itself.
bool goes_with(Format weights, Format operands) {
  return is_float(weights) || is_float(operands) ? weights == operands : true;
}

// Cycles from a row's being read to its entering the array: a block fills the transposer before its
// first column leaves, later ones do so behind it.
Cycles transposer_delay(const Matmul& matmul) {
  return Cycles(matmul.feed.transposed ? matmul.rows : 0);
}

}  // namespace

bool ArraySpec::has(Format format) const {
  const auto among = [&](const std::vector<Format>& formats) {
    return std::find(formats.begin(), formats.end(), format) != formats.end();
  };
  return among(native) || among(packed);
}

SystolicArray::SystolicArray(const sc_core::sc_module_name& name, CoreContext& context,
                             const ArraySpec& spec)
    : EngineModule(name, Engine::array, context, spec.queue_depth),
      spec_(spec),
      dataflow_(registration<Dataflow>(spec.config.dataflow).create(spec.config)),
      schedule_(*dataflow_, spec.config.weight_buffers) {
  if (dataflow_->stationary() == TileOperand::sums)
    user_error(
        "a program loads the array's stationary operand, which a {} array does not have (allowed: "
        "input_stationary, weight_stationary)",
        spec.config.dataflow);
}

std::optional<Cycles> SystolicArray::plane_free(std::uint64_t index) const {
  if (spec_.config.weight_buffers == 1) {
    // One plane: no earlier Matmul may still need it.
    const Command* earliest = in_flight_.empty() ? head() : &in_flight_.front().command;
    if (earliest != nullptr && earliest->index < index) return std::nullopt;
  }
  return schedule_.load_ready();
}

void SystolicArray::end_load(WeightTile tile) {
  loaded_ = std::move(tile);
  wake_now();
}

void SystolicArray::step(Cycles now) {
  retire_done(now);
  bool waits_for_weights = false;
  std::optional<Cycles> due;
  if (now >= feeder_free_) {
    const Command* next = ready_head();
    while (next != nullptr && weights_ready(*next) && !passes([&] { check_weights(*next); }))
      next = ready_head();
    waits_for_weights = next != nullptr && !weights_ready(*next);
    if (next != nullptr && !waits_for_weights) {
      const Cycles earliest = earliest_start(std::get<Matmul>(next->operation));
      if (earliest <= now)
        start(now);
      else
        due = earliest;
    }
  }
  settle(standing_at(now, waits_for_weights), now);
  for (const Cycles edge : {stream_end_, feeder_free_})
    if (edge > now) due = due ? std::min(*due, edge) : edge;
  if (!in_flight_.empty()) {
    const Cycles finish = in_flight_.front().finish;
    due = due ? std::min(*due, finish) : finish;
  }
  if (due) wake_at(*due);
}

void SystolicArray::retire_done(Cycles now) {
  while (!in_flight_.empty() && in_flight_.front().finish <= now) {
    const InFlight done = std::move(in_flight_.front());
    in_flight_.pop_front();
    retire(done.command, done.start, now, done.work);
    if (spec_.config.weight_buffers == 1) notify_planes();
  }
}

std::int64_t SystolicArray::macs() const {
  std::int64_t sum = 0;
  for (const auto& [operands, count] : macs_) sum += count;
  return sum;
}

void SystolicArray::notify_planes() {
  if (waiter_ != nullptr) std::exchange(waiter_, nullptr)->planes_changed();
}

bool SystolicArray::weights_ready(const Command& command) const {
  return !std::get<Matmul>(command.operation).new_weights || loaded_;
}

Cycles SystolicArray::earliest_start(const Matmul& matmul) const {
  return schedule_.stream_ready({{}, matmul.new_weights}).value() - transposer_delay(matmul);
}

Standing SystolicArray::standing_at(Cycles now, bool waits_for_weights) const {
  Standing standing;
  standing.progressing = !in_flight_.empty();
  if (now < feeder_free_) {
    standing.own = now < stream_end_ ? Cause::busy : Cause::bank_conflict;
    return standing;
  }
  standing.own = Cause::fill_drain;
  standing.wait_prevails = true;
  if (waits_for_weights) {
    standing.wait = Standing::Wait::engine;
    standing.on = Engine::weights;
  }
  return standing;
}

// Where activations are what is loaded, weights are what is streamed.
TileShape SystolicArray::tile_of(const Matmul& matmul) const {
  TileShape tile{matmul.feed.rows(),
                 ceil_div(std::int64_t{matmul.rows}, products_per_pe(plane_->format)), matmul.cols};
  if (dataflow_->stationary() == TileOperand::activations) std::swap(tile.m, tile.n);
  return tile;
}

void SystolicArray::start(Cycles now) {
  InFlight run;
  run.command = pop();
  const Matmul& matmul = std::get<Matmul>(run.command.operation);
  if (matmul.new_weights) {
    plane_ = std::move(loaded_);
    loaded_.reset();
    notify_planes();
  }
  const FeedPlan feed(matmul);
  const TileShape tile = tile_of(matmul);
  const Cycles stream = dataflow_->stream(tile);
  stream_end_ = now + stream;
  feeder_free_ =
      scratchpad->reserve(Access::read, now, now, stream_end_, feed.words(scratchpad->width()));
  const Cycles delay = transposer_delay(matmul);
  run.start = now;
  run.finish = schedule_.stream({tile, matmul.new_weights}, now + delay, feeder_free_ + delay);
  run.work.macs = matmul.macs();
  run.work.array_busy = stream.count();
  run.work.mac_slots = ceil_div(matmul.macs(), products_per_pe(plane_->format));
  macs_[{matmul.format, plane_->format}] += matmul.macs();
  mac_slots_ += run.work.mac_slots;
  accumulators->count(matmul.feed.rows() * matmul.cols * (matmul.accumulate ? 2 : 1));
  if (context_.values) compute(run.command.tenant, matmul, feed);
  in_flight_.push_back(std::move(run));
}

void SystolicArray::check(const Command& command) {
  const Matmul& matmul = std::get<Matmul>(command.operation);
  const auto reach = FeedPlan(matmul).reach();
  const std::int64_t capacity = scratchpad->capacity(command.tenant).count();
  if (reach.last >= 0 && (reach.first < 0 || reach.last >= capacity))
    user_error(
        "program does not fit the machine: {} feeds from bytes {} to {} of the scratchpad, "
        "which has {}",
        describe(command), reach.first, reach.last, capacity);
  if (matmul.format == Format::int4 && !spec_.has(matmul.format))
    user_error("program does not fit the machine: {} streams {}, which the datapath lacks",
               describe(command), to_string(matmul.format));
  if (matmul.accumulator_row < 0 ||
      matmul.accumulator_row + matmul.feed.rows() > accumulators->rows())
    user_error(
        "program does not fit the machine: {} sums into rows {} to {} of the accumulators, "
        "which have {}",
        describe(command), matmul.accumulator_row, matmul.accumulator_row + matmul.feed.rows() - 1,
        accumulators->rows());
}

void SystolicArray::check_weights(const Command& command) const {
  const Matmul& matmul = std::get<Matmul>(command.operation);
  if (!matmul.new_weights && !plane_)
    user_error("malformed program: {} keeps weights that were never loaded", describe(command));
  const WeightTile& plane = matmul.new_weights ? *loaded_ : *plane_;
  if (matmul.rows != plane.rows || matmul.cols != plane.cols || matmul.blocks != plane.blocks ||
      !goes_with(plane.format, matmul.format))
    user_error(
        "malformed program: {} is {} x {} in {} block(s) of {}, the weights are {} x {} in {} "
        "of {}",
        describe(command), matmul.rows, matmul.cols, matmul.blocks, to_string(matmul.format),
        plane.rows, plane.cols, plane.blocks, to_string(plane.format));
}

void SystolicArray::forget_weights() {
  SYSTOLITH_CHECK(in_flight_.empty(), "{}: {} commands under way", name(), in_flight_.size());
  loaded_.reset();
  plane_.reset();
  schedule_.forget_tile();
}

void SystolicArray::compute(TenantId tenant, const Matmul& matmul, const FeedPlan& feed) {
  feed.gather(scratchpad->data(tenant), buffer_.codes);
  tile_product(*plane_,
               {matmul.feed.rows(), matmul.format, matmul.accumulate, accumulators->cols()},
               accumulators->row(matmul.accumulator_row), buffer_);
}

}  // namespace systolith
