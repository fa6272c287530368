#include "hw/array/weight_loader.h"

#include <algorithm>

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

}  // namespace

WeightLoader::WeightLoader(const sc_core::sc_module_name& name, CoreContext& context,
                           const ArraySpec& spec)
    : EngineModule(name, Engine::weights, context, spec.queue_depth),
      spec_(spec),
      dataflow_(registration<Dataflow>(spec.config.dataflow).create(spec.config)) {}

void WeightLoader::step(Cycles now) {
  if (loading_ && now >= finish_) end(now);
  Standing standing;
  if (!loading_ && ready_head() != nullptr) {
    const auto free = planes->plane_free(head()->index);
    if (free && *free <= now) {
      start(now);
    } else {
      if (free)
        wake_at(*free);
      else
        planes->wait(*this);
      standing.wait = Standing::Wait::engine;
      standing.on = Engine::array;
    }
  }
  standing.progressing = loading_;
  if (loading_) {
    standing.own = now < shift_end_ ? Cause::busy : Cause::bank_conflict;
    wake_at(now < shift_end_ ? shift_end_ : finish_);
  }
  settle(standing, now);
}

void WeightLoader::start(Cycles now) {
  command_ = pop();
  const Preload& preload = std::get<Preload>(command_.operation);
  const Lines lines = lines_of(preload);
  const Bytes width = scratchpad->width();
  const std::int64_t words = preload.row_stride == lines.bytes
                                 ? words_touched(preload.address, lines.bytes * lines.count, width)
                                 : words_touched(preload.address, lines.bytes, width) * lines.count;
  start_ = now;
  shift_end_ = now + dataflow_->load(
                         {0, ceil_div(std::int64_t{preload.rows}, products_per_pe(preload.format)),
                          preload.cols});
  // The transposer takes all columns in before the first row leaves it.
  if (preload.transposed) shift_end_ = shift_end_ + Cycles(preload.cols);
  finish_ = scratchpad->reserve(Access::read, now, now, shift_end_, words);
  planes->begin_load(finish_);
  loading_ = true;
  if (context_.values) {
    tile_ = pack_weights(scratchpad->data(command_.tenant) + preload.address, preload.row_stride,
                         preload.rows, preload.cols, preload.blocks, preload.format,
                         preload.transposed);
  } else {
    tile_ = WeightTile{};
    tile_.rows = preload.rows;
    tile_.cols = preload.cols;
    tile_.blocks = preload.blocks;
    tile_.format = preload.format;
  }
}

void WeightLoader::end(Cycles now) {
  loading_ = false;
  planes->end_load(std::move(tile_));
  retire(command_, start_, now, {});
}

void WeightLoader::check(const Command& command) {
  const Preload& preload = std::get<Preload>(command.operation);
  const ArrayConfig& array = spec_.config;
  const std::int64_t rows = array.rows * products_per_pe(preload.format);
  if (preload.rows < 1 || preload.rows > rows || preload.cols < 1 || preload.cols > array.cols)
    user_error(
        "program does not fit the machine: {} loads {} x {} weights, the array takes {} x {}",
        describe(command), preload.rows, preload.cols, rows, array.cols);
  if (!spec_.has(preload.format))
    user_error("program does not fit the machine: {} loads {} weights, which the datapath lacks",
               describe(command), to_string(preload.format));
  const Lines lines = lines_of(preload);
  const std::uint64_t end =
      preload.address +
      static_cast<std::uint64_t>((lines.count - 1) * preload.row_stride + lines.bytes);
  const auto capacity = static_cast<std::uint64_t>(scratchpad->capacity(command.tenant).count());
  if (preload.address > capacity || end > capacity)
    user_error(
        "program does not fit the machine: {} reads up to byte {} of the scratchpad, which "
        "has {}",
        describe(command), end - 1, capacity);
}

}  // namespace systolith
