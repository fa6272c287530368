#include "hw/array/systolic_array.h"

#include <algorithm>
#include <utility>

#include "hw/array/feed_plan.h"
#include "hw/base/error.h"
#include "hw/isa/names.h"

namespace systolith {
namespace {

bool steps_pes(Format format) { return format == Format::int4 || format == Format::int8; }

// Integers of any width multiply, and floats of any width; neither the other.
bool goes_with(Format weights, Format operands) { return is_float(weights) == is_float(operands); }

// Rows and weights of a sub-array spend equally long on their lanes, so that all in it happens as
// much later; then its sums go down theirs.
Cycles lane_delay(const BypassLanes& lanes) {
  return Cycles(std::max(lanes.left, lanes.above) + lanes.below);
}

}  // namespace

void KeptOperands::check(const Command& command, TileOperand stationary) const {
  if (kept_[static_cast<std::size_t>(stationary)]) return;
  user_error("program does not fit the machine: {} keeps {} in the PEs, the array's dataflow is {}",
             describe(command), to_string(stationary), fmt::join(dataflow_, ", "));
}

bool ArraySpec::has(Format format) const {
  const auto among = [&](const std::vector<Format>& formats) {
    return std::find(formats.begin(), formats.end(), format) != formats.end();
  };
  // A multiplier of signed bytes takes unsigned ones.
  return among(native) || among(packed) || (format == Format::uint8 && has(Format::int8));
}

PeRate ArraySpec::rate(TileOperand stationary, Format streamed, Format held) const {
  if (stationary == TileOperand::activations) return pe_rate(packing, held, streamed);
  return pe_rate(packing, streamed, held);
}

SystolicArray::SystolicArray(const sc_core::sc_module_name& name, CoreContext& context,
                             const ArraySpec& spec)
    : EngineModule(name, Engine::array, context, spec.queue_depth),
      spec_(spec),
      kept_(spec.config),
      products_issue_(spec.config) {
  // Activations are held by the same PEs as weights are, with the same timing.
  for (const TileOperand kept : {TileOperand::weights, TileOperand::activations})
    if (auto dataflow = dataflow_keeping(kept, spec.config); dataflow && !holding_)
      holding_.emplace(std::move(dataflow), spec.config.weight_buffers);
  if (auto dataflow = dataflow_keeping(TileOperand::sums, spec.config))
    summing_.emplace(std::move(dataflow), spec.config.weight_buffers);
  if (spec.config.detail != "pe") return;
  const std::int64_t depth = spec.accumulator_rows;
  if (holding_)
    holding_->pes =
        std::make_unique<PeDetail>(this->name(), spec.config, TileOperand::weights, depth);
  if (summing_)
    summing_->pes = std::make_unique<PeDetail>(this->name(), spec.config, TileOperand::sums, depth);
}

void SystolicArray::end_of_run() {
  for (auto* flow : {&holding_, &summing_})
    if (*flow && (*flow)->pes) (*flow)->pes->advance(context_.clock.now() + Cycles(1));
}

SystolicArray::Flow& SystolicArray::flow_of(TileOperand stationary) {
  return stationary == TileOperand::sums ? *summing_ : *holding_;
}

bool SystolicArray::sums_before(std::uint64_t index) const {
  const auto keeps_sums = [&](const Command& command) {
    return command.index < index &&
           std::get<Matmul>(command.operation).stationary == TileOperand::sums;
  };
  const auto runs = [&](const InFlight& run) { return keeps_sums(run.command); };
  return std::any_of(in_flight_.begin(), in_flight_.end(), runs) || any_queued(keeps_sums);
}

std::optional<Cycles> SystolicArray::plane_free(const Command& preload) const {
  if (std::get<Preload>(preload.operation).stationary == TileOperand::sums)
    return offered_ ? std::nullopt : std::optional(Cycles(0));
  if (spec_.config.weight_buffers == 1) {
    // One plane: no earlier Matmul may still need it.
    const Command* earliest = in_flight_.empty() ? head() : &in_flight_.front().command;
    if (earliest != nullptr && earliest->index < preload.index) return std::nullopt;
  }
  if (summing_ && sums_before(preload.index)) return std::nullopt;
  return holding_->schedule.load_ready();
}

void SystolicArray::begin_load(Cycles first, Cycles end, const WeightTile& tile) {
  holding_->schedule.load(end);
  if (holding_->pes) holding_->pes->load(first, end, tile);
}

void SystolicArray::end_load(WeightTile tile) {
  loaded_ = std::move(tile);
  wake_now();
}

void SystolicArray::offer(OfferedTile offered, TileSource& source) {
  offered_ = std::move(offered);
  offerer_ = &source;
  wake_now();
}

void SystolicArray::step(Cycles now) {
  for (auto* flow : {&holding_, &summing_})
    if (*flow && (*flow)->pes) (*flow)->pes->advance(now);
  retire_done(now);
  bool waits_for_weights = false;
  std::optional<Cycles> due;
  if (now >= feeder_free_) {
    const Command* next = ready_head();
    while (next != nullptr && tile_ready(std::get<Matmul>(next->operation)) &&
           !passes([&] { check_tile(*next); }))
      next = ready_head();
    waits_for_weights = next != nullptr && !tile_ready(std::get<Matmul>(next->operation));
    if (next != nullptr && !waits_for_weights) {
      const Cycles earliest = earliest_start(std::get<Matmul>(next->operation));
      if (earliest <= now)
        start(now);
      else
        due = earliest;
    }
  }
  settle(standing_at(now, waits_for_weights), now);
  for (const Cycles edge : {stream_end_, issue_end_, feeder_free_})
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
    if (spec_.config.weight_buffers == 1 || summing_) notify_planes();
  }
}

void SystolicArray::notify_planes() {
  if (waiter_ != nullptr) std::exchange(waiter_, nullptr)->planes_changed();
}

bool SystolicArray::tile_ready(const Matmul& matmul) const {
  if (matmul.stationary == TileOperand::sums) return offered_.has_value();
  return !matmul.new_weights || loaded_;
}

Cycles SystolicArray::earliest_start(const Matmul& matmul) {
  const ArraySchedule::Stream stream{shape_of(matmul), matmul.new_weights};
  Cycles ready = flow_of(matmul.stationary).schedule.stream_ready(stream).value();
  // Going from held operands to held sums or back, the array is empty.
  const bool sums = matmul.stationary == TileOperand::sums;
  if (const auto& other = sums ? holding_ : summing_)
    ready = std::max(ready, other->schedule.finish());
  return ready - transposer_delay(matmul);
}

// A block fills the transposer before its first column leaves, later ones do so behind it.
Cycles SystolicArray::transposer_delay(const Matmul& matmul) const {
  if (matmul.stationary == TileOperand::sums)
    return Cycles(
        std::max<std::int64_t>(matmul.feed.rows(), offered_->transposed ? matmul.cols : 0));
  return Cycles(matmul.feed.transposed ? matmul.rows : 0);
}

const WeightTile& SystolicArray::tile_for(const Matmul& matmul) const {
  if (matmul.stationary == TileOperand::sums) return offered_->tile;
  return matmul.new_weights ? *loaded_ : *plane_;
}

Standing SystolicArray::standing_at(Cycles now, bool waits_for_weights) const {
  Standing standing;
  standing.progressing = !in_flight_.empty();
  if (now < feeder_free_) {
    standing.own = now < stream_end_  ? Cause::busy
                   : now < issue_end_ ? Cause::fill_drain
                                      : Cause::bank_conflict;
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

TileShape SystolicArray::shape_of(const Matmul& matmul) {
  const PeRate rate = tile_for(matmul).rate;
  TileShape tile{matmul.feed.rows(), ceil_div(std::int64_t{matmul.rows}, rate.products),
                 matmul.cols};
  // A product of several passes takes its row that many times.
  (matmul.stationary == TileOperand::sums ? tile.k : tile.m) *= rate.cycles;
  // Where activations are what is loaded, weights are what is streamed.
  if (flow_of(matmul.stationary).dataflow->stationary() == TileOperand::activations)
    std::swap(tile.m, tile.n);
  return tile;
}

// The end of its stream, as far as its products go.
Cycles SystolicArray::issue(const Matmul& matmul, Cycles now) {
  if (!products_issue_.limited() || matmul.stationary == TileOperand::sums) return now;
  const Feed& f = matmul.feed;
  std::int64_t run = f.out_w;
  if (run == 1) run = f.out_h;
  if (run == 1) run = f.out_n;
  if (f.transposed) run = f.rows();
  return products_issue_.stream(now, {f.rows(), run, tile_for(matmul).rate.cycles});
}

void SystolicArray::take_tile(const Matmul& matmul) {
  if (matmul.stationary == TileOperand::sums) {
    passing_ = std::move(offered_->tile);
    offered_.reset();
  } else if (matmul.new_weights) {
    plane_ = std::move(loaded_);
    loaded_.reset();
    notify_planes();
  }
}

Cycles SystolicArray::read_operands(const Matmul& matmul, const FeedPlan& feed, TenantId tenant,
                                    Cycles now, CommandWork& work) {
  const LocalAddress from{tenant, feed.origin()};
  const Bytes width = scratchpad->width(from);
  const std::int64_t words = feed.words(width);
  work.scratchpad_bytes = words * width.count();
  Cycles end = scratchpad->reserve(Access::read, from, now, now, issue_end_, words);
  if (matmul.stationary != TileOperand::sums) return end;
  end = std::max(end, scratchpad->reserve(Access::read, offered_->from, now, now, stream_end_,
                                          offered_->words));
  work.scratchpad_bytes += offered_->words * scratchpad->width(offered_->from).count();
  offerer_->streaming(stream_end_, end);
  return end;
}

void SystolicArray::start(Cycles now) {
  InFlight run;
  run.command = pop();
  const Matmul& matmul = std::get<Matmul>(run.command.operation);
  const FeedPlan feed(matmul);
  Flow& flow = flow_of(matmul.stationary);
  const TileShape shape = shape_of(matmul);
  stream_end_ = now + flow.dataflow->stream(shape);
  issue_end_ = std::max(stream_end_, issue(matmul, now));
  feeder_free_ = read_operands(matmul, feed, run.command.tenant, now, run.work);
  const Cycles delay = transposer_delay(matmul), fed = feeder_free_ + delay;
  // A single row that is held up enters when it has come.
  const Cycles first = issue_end_ - now == Cycles(1) ? fed - Cycles(1) : now + delay;
  run.start = now;
  const Cycles finish = flow.schedule.stream({shape, matmul.new_weights}, first, fed);
  run.finish = finish + lane_delay(spec_.config.lanes);
  run.work.array_busy = (stream_end_ - now).count();
  take_tile(matmul);
  account(run, matmul);
  if (context_.values) compute(run.command.tenant, matmul, feed);
  if (flow.pes) step_pes(matmul, first, fed, finish);
  in_flight_.push_back(std::move(run));
}

void SystolicArray::step_pes(const Matmul& matmul, Cycles first, Cycles fed, Cycles finish) {
  const WeightTile& tile = matmul.stationary == TileOperand::sums ? passing_ : *plane_;
  PeDetail::Stream stream{first, fed, finish, {}, {}, matmul.new_weights, 0, 0, {}};
  feed_lanes(tile, buffer_.codes, matmul.feed.rows(), spec_.config, stream);
  if (context_.values) {
    stream.sums.resize(static_cast<std::size_t>(stream.rows * stream.cols));
    tile_product(tile, {stream.rows, matmul.format, false, stream.cols}, stream.sums.data(),
                 buffer_);
  }
  flow_of(matmul.stationary).pes->stream(std::move(stream));
}

void SystolicArray::account(InFlight& run, const Matmul& matmul) {
  const WeightTile& tile = matmul.stationary == TileOperand::sums ? passing_ : *plane_;
  run.work.macs = matmul.macs();
  macs_ += run.work.macs;
  const std::int64_t products =
      tile.sparsity.stored(run.work.macs / tile.sparsity.m * tile.sparsity.m);
  run.work.mac_slots = ceil_div(products * tile.rate.cycles, tile.rate.products);
  const bool exchanged = matmul.stationary == TileOperand::activations;
  products_[exchanged ? Operands{tile.format, matmul.format}
                      : Operands{matmul.format, tile.format}] += products;
  mac_slots_ += run.work.mac_slots;
  accumulators->count(matmul.feed.rows() * matmul.cols * (matmul.accumulate ? 2 : 1));
}

void SystolicArray::check(const Command& command) {
  const Matmul& matmul = std::get<Matmul>(command.operation);
  const auto reach = FeedPlan(matmul).reach();
  const LocalCapacity capacity = scratchpad->capacity(command.tenant);
  if (reach.last >= 0 && !capacity.holds(reach.first, reach.last))
    user_error(
        "program does not fit the machine: {} feeds from bytes {} to {} of the scratchpad, "
        "which has {}",
        describe(command), reach.first, reach.last, capacity.text());
  check_stationary(command);
  check_detail(command, matmul.format);
  if (!spec_.has(matmul.format))
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

void SystolicArray::check_detail(const Command& command, Format operand) const {
  if (spec_.config.detail == "pe" && !steps_pes(operand))
    user_error(
        "core.array.detail = pe has no PEs for the {} of {} (allowed: int4, int8; other formats "
        "run with closed_form)",
        to_string(operand), describe(command));
}

void SystolicArray::check_stationary(const Command& command) const {
  const Matmul& matmul = std::get<Matmul>(command.operation);
  kept_.check(command, matmul.stationary);
  if (matmul.stationary == TileOperand::sums && matmul.feed.rows() > spec_.config.rows)
    user_error("program does not fit the machine: {} has sums of {} rows, the array takes {}",
               describe(command), matmul.feed.rows(), spec_.config.rows);
}

void SystolicArray::check_tile(const Command& command) const {
  const Matmul& matmul = std::get<Matmul>(command.operation);
  if (!matmul.new_weights && !plane_)
    user_error("malformed program: {} keeps weights that were never loaded", describe(command));
  const WeightTile& tile = tile_for(matmul);
  if (matmul.rows != tile.rows || matmul.cols != tile.cols || matmul.blocks != tile.blocks ||
      matmul.stationary != tile.stationary || !goes_with(tile.format, matmul.format))
    user_error(
        "malformed program: {} is {} x {} in {} block(s) of {} for stationary {}, the tile is {} x "
        "{} in {} of {} for stationary {}",
        describe(command), matmul.rows, matmul.cols, matmul.blocks, to_string(matmul.format),
        to_string(matmul.stationary), tile.rows, tile.cols, tile.blocks, to_string(tile.format),
        to_string(tile.stationary));
  check_detail(command, tile.format);
  const PeRate rate = spec_.rate(matmul.stationary, matmul.format, tile.format);
  if (rate.products != tile.rate.products)
    user_error(
        "malformed program: {} multiplies {} with {}, {} to a PE; the preload says it comes {} to "
        "a PE",
        describe(command), to_string(matmul.format), to_string(tile.format), rate.products,
        tile.rate.products);
}

void SystolicArray::forget_weights() {
  SYSTOLITH_CHECK(in_flight_.empty() && !offered_, "{}: {} commands under way", name(),
                  in_flight_.size() + (offered_ ? 1 : 0));
  loaded_.reset();
  plane_.reset();
  if (!holding_) return;
  holding_->schedule.forget_tile();
  if (holding_->pes) holding_->pes->forget_tile(context_.clock.now());
}

void SystolicArray::compute(TenantId tenant, const Matmul& matmul, const FeedPlan& feed) {
  const WeightTile& tile = matmul.stationary == TileOperand::sums ? passing_ : *plane_;
  feed.gather(scratchpad->data({tenant, feed.origin()}), buffer_.codes);
  tile_product(
      tile,
      {matmul.feed.rows(), matmul.format, matmul.accumulate, accumulators->cols(), spec_.overflow},
      accumulators->row(matmul.accumulator_row), buffer_);
}

}  // namespace systolith
