#include "hw/array/weight_loader.h"

#include <algorithm>

#include "hw/arith/sparse_tile.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

// What lies contiguously in the scratchpad: rows, or columns of a transposed tile.
struct Lines {
  std::int64_t count = 0, bytes = 0;
};

Lines lines_of(const Preload& preload) {
  if (preload.transposed) return {preload.cols, packed_bytes(preload.format, preload.rows)};
  return {preload.rows, packed_bytes(preload.format, preload.cols / preload.blocks)};
}

SparseTile sparse_tile(const Preload& preload) {
  return {preload.rows, preload.cols, preload.row_stride, preload.format, preload.sparsity};
}

}  // namespace

WeightLoader::WeightLoader(const sc_core::sc_module_name& name, CoreContext& context,
                           const ArraySpec& spec)
    : EngineModule(name, Engine::weights, context, spec.queue_depth),
      spec_(spec),
      kept_(spec.config),
      dataflow_(dataflow_keeping(TileOperand::weights, spec.config)) {
  if (!dataflow_) dataflow_ = dataflow_keeping(TileOperand::activations, spec.config);
}

void WeightLoader::step(Cycles now) {
  if (state_ == State::offered && context_.run.stopped(command_.tenant)) {
    planes->withdraw();
    finish_ = now;
    end(now);
  }
  const bool moves = state_ == State::loading || state_ == State::streaming;
  if (moves && now >= finish_) end(now);
  Standing standing;
  if (state_ == State::idle) standing = try_start(now);
  if (state_ == State::offered) {
    standing.wait = Standing::Wait::engine;
    standing.on = Engine::array;
  }
  standing.progressing = state_ == State::loading || state_ == State::streaming;
  if (standing.progressing) {
    standing.own = now < shift_end_ ? Cause::busy : Cause::bank_conflict;
    wake_at(now < shift_end_ ? shift_end_ : finish_);
  }
  settle(standing, now);
}

Standing WeightLoader::try_start(Cycles now) {
  Standing standing;
  if (ready_head() == nullptr) return standing;
  const auto free = planes->plane_free(*head());
  if (free && *free <= now) {
    start(now);
    return standing;
  }
  if (free)
    wake_at(*free);
  else
    planes->wait(*this);
  standing.wait = Standing::Wait::engine;
  standing.on = Engine::array;
  return standing;
}

void WeightLoader::start(Cycles now) {
  command_ = pop();
  const Preload& preload = std::get<Preload>(command_.operation);
  start_ = now;
  work_ = {};  // what streams past sums, the array reads
  if (preload.stationary != TileOperand::sums) return load(preload, now);
  state_ = State::offered;
  planes->offer({tile(preload), place(preload), words(preload), preload.transposed}, *this);
}

void WeightLoader::load(const Preload& preload, Cycles now) {
  shift_end_ = now + dataflow_->load({0, array_rows(preload), preload.cols});
  // The transposer takes all columns in before the first row leaves it.
  if (preload.transposed || preload.stationary == TileOperand::activations)
    shift_end_ = shift_end_ + Cycles(preload.cols);
  const LocalAddress from = place(preload);
  const std::int64_t count = words(preload);
  finish_ = scratchpad->reserve(Access::read, from, now, now, shift_end_, count);
  work_.scratchpad_bytes = count * scratchpad->width(from).count();
  tile_ = tile(preload);
  planes->begin_load(shift_end_ - dataflow_->load({}), finish_, tile_);
  state_ = State::loading;
}

void WeightLoader::streaming(Cycles busy, Cycles end) {
  start_ = context_.clock.now();
  shift_end_ = busy;
  finish_ = end;
  state_ = State::streaming;
  wake_now();
}

void WeightLoader::end(Cycles now) {
  if (state_ == State::loading) planes->end_load(std::move(tile_));
  state_ = State::idle;
  retire(command_, start_, now, work_);
}

LocalAddress WeightLoader::place(const Preload& preload) const {
  if (preload.stationary == TileOperand::activations)
    return {command_.tenant, FeedPlan(preload).origin()};
  return {command_.tenant, preload.address};
}

std::int64_t WeightLoader::words(const Preload& preload) const {
  const Bytes width = scratchpad->width(place(preload));
  if (preload.stationary == TileOperand::activations) return FeedPlan(preload).words(width);
  if (!preload.sparsity.dense())
    return words_touched(preload.address, sparse_tile(preload).bytes(), width);
  const Lines lines = lines_of(preload);
  if (preload.row_stride == lines.bytes)
    return words_touched(preload.address, lines.bytes * lines.count, width);
  return words_touched(preload.address, lines.bytes, width) * lines.count;
}

WeightTile WeightLoader::tile(const Preload& preload) {
  WeightTile tile;
  tile.rows = preload.rows;
  tile.cols = preload.cols;
  tile.blocks = preload.blocks;
  if (context_.values) pack(preload, tile);
  tile.format = preload.format;
  tile.stationary = preload.stationary;
  tile.rate = spec_.rate(preload.stationary, preload.against, preload.format);
  tile.sparsity = preload.sparsity;
  return tile;
}

std::int64_t WeightLoader::array_rows(const Preload& preload) const {
  const PeRate rate = spec_.rate(preload.stationary, preload.against, preload.format);
  return ceil_div(preload.sparsity.stored(preload.rows), rate.products);
}

void WeightLoader::pack(const Preload& preload, WeightTile& tile) {
  const std::uint8_t* data = scratchpad->data(place(preload));
  if (!preload.sparsity.dense()) {
    const std::vector<std::uint8_t> dense = expand(sparse_tile(preload), data);
    tile = pack_weights(dense.data(), preload.row_stride, preload.rows, preload.cols, 1,
                        preload.format);
    return;
  }
  if (preload.stationary != TileOperand::activations) {
    tile = pack_weights(data, preload.row_stride, preload.rows, preload.cols, preload.blocks,
                        preload.format, preload.transposed);
    return;
  }
  std::vector<std::uint8_t> pixels;
  FeedPlan(preload).gather(data, pixels);
  // Codes of half bytes have become whole ones.
  const Format gathered = preload.format == Format::int4    ? Format::int8
                          : preload.format == Format::uint4 ? Format::uint8
                                                            : preload.format;
  tile = pack_weights(pixels.data(), preload.rows * bytes_of(gathered), preload.rows, preload.cols,
                      1, gathered, true);
}

void WeightLoader::check(const Command& command) {
  const Preload& preload = std::get<Preload>(command.operation);
  kept_.check(command, preload.stationary);
  const ArrayConfig& array = spec_.config;
  const bool streams = preload.stationary == TileOperand::sums;
  if ((!streams && array_rows(preload) > array.rows) || preload.cols > array.cols)
    user_error(
        "program does not fit the machine: {} loads {} x {} weights, the array takes {} x {}",
        describe(command), preload.rows, preload.cols,
        array.rows * spec_.rate(preload.stationary, preload.against, preload.format).products,
        array.cols);
  if (!preload.sparsity.dense() && !array.takes(preload.sparsity))
    user_error("program does not fit the machine: {} has {} sparse weights, the array takes {}",
               describe(command), to_string(preload.sparsity),
               array.sparsity.empty() ? "dense ones only"
                                      : fmt::format("{}", fmt::join(array.sparsity, ", ")));
  if (!preload.sparsity.dense() && array.detail == "pe")
    user_error(
        "core.array.detail = pe has no PEs for the {} sparse weights of {} (they run with "
        "closed_form)",
        to_string(preload.sparsity), describe(command));
  if (!spec_.has(preload.format))
    user_error("program does not fit the machine: {} loads {} weights, which the datapath lacks",
               describe(command), to_string(preload.format));
  check_reach(command);
}

void WeightLoader::check_reach(const Command& command) const {
  const Preload& preload = std::get<Preload>(command.operation);
  const LocalCapacity capacity = scratchpad->capacity(command.tenant);
  FeedPlan::Reach reach;
  if (preload.stationary == TileOperand::activations) {
    reach = FeedPlan(preload).reach();
  } else {
    Lines lines = lines_of(preload);
    if (!preload.sparsity.dense()) lines = {1, sparse_tile(preload).bytes()};
    const auto begin = static_cast<std::int64_t>(preload.address);
    const std::int64_t last_line = (lines.count - 1) * preload.row_stride;
    reach = {begin + std::min<std::int64_t>(last_line, 0),
             begin + std::max<std::int64_t>(last_line, 0) + lines.bytes - 1};
  }
  if (reach.last >= 0 && !capacity.holds(reach.first, reach.last))
    user_error(
        "program does not fit the machine: {} reads bytes {} to {} of the scratchpad, which has {}",
        describe(command), reach.first, reach.last, capacity.text());
}

}  // namespace systolith
