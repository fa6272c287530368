// Copies between layouts. Where runs of the source stay runs of the destination the DMA's strides
// do all the work; where elements change their order the vector unit does, on spans at hand.
#include <algorithm>
#include <map>

#include "compiler/codegen/copy_walk.h"
#include "compiler/codegen/row_tiles.h"
#include "compiler/kernels/interpret.h"

namespace systolith {
namespace {

constexpr std::int64_t kShortestRun = 16;  // bytes worth a DMA run of their own
constexpr std::size_t kDimensions = 4;     // that one command walks

// A flat place, addressed in units of the format.
struct Flat {
  Place place = Place::scratchpad;
  std::uint64_t unit = 0;
};

struct Level {  // one loop of a strided walk, strides in units
  std::int64_t extent, from, to;
};

// One piece. Elements of less than a byte that share bytes with others are merged into these by the
// vector unit; in memory, by way of the scratchpad.
class Copier {
 public:
  // `source`: where its storage is.
  Copier(const CodegenContext& context, const CopyPiece& piece, const CopyKernel& copy,
         const Home& source)
      : context_(context),
        format_(context.graph.tensor(copy.output).format),
        element_(units_of(format_)),
        per_byte_(units_per_byte(format_)),
        source_(flat(source)),
        destination_(flat(home_of(copy.output))) {
    const Walk walk(piece);
    direct_ = walk.run() * element_ >= kShortestRun * per_byte_ &&
              (source_.place == Place::system || destination_.place == Place::system) &&
              takes_whole_bytes(levels(walk, false, false), from(walk), to(walk));
  }

  // Elements at multiples of which a run may be cut.
  std::int64_t run_unit() const { return per_byte_; }

  // Bytes of tile buffer that a part takes.
  std::int64_t bytes(const Walk& walk) const {
    const std::int64_t packed = buffer(walk.elements() * element_, 0);
    if (direct_) return both_system() ? packed : 0;
    const std::int64_t in = source_.place == Place::system
                                ? buffer(walk.source_span() * element_, lowest(walk).unit)
                                : 0;
    if (destination_.place != Place::system) return in;
    return in + (stores_packed(walk) ? packed
                                     : buffer(walk.destination_span() * element_, to(walk).unit));
  }

  Item item(const Walk& walk, std::uint64_t buffer) const {
    return direct_ ? by_dma(walk, buffer) : by_vector_unit(walk, buffer);
  }

 private:
  Home home_of(TensorId id) const {
    return context_.placement.homes[static_cast<std::size_t>(context_.graph.tensor(id).storage)];
  }
  Flat flat(const Home& home) const {
    return {home.place, home.address * static_cast<std::uint64_t>(per_byte_)};
  }
  bool both_system() const {
    return source_.place == Place::system && destination_.place == Place::system;
  }
  Flat from(const Walk& walk) const {
    return {source_.place,
            source_.unit + static_cast<std::uint64_t>(walk.source_offset * element_)};
  }
  // Where the walk's source begins in memory, though it may be walked backwards.
  Flat lowest(const Walk& walk) const { return behind(from(walk), -walk.source_lead()); }
  Flat behind(Flat flat, std::int64_t elements) const {
    return {flat.place, flat.unit + static_cast<std::uint64_t>(elements * element_)};
  }
  Flat to(const Walk& walk) const {
    return {destination_.place,
            destination_.unit + static_cast<std::uint64_t>(walk.destination_offset * element_)};
  }

  // The bytes that `units` from a unit on are in.
  AddressRange bytes_of_units(std::uint64_t unit, std::int64_t units) const {
    const auto per_byte = static_cast<std::uint64_t>(per_byte_);
    return {unit / per_byte, (unit + static_cast<std::uint64_t>(units) + per_byte - 1) / per_byte};
  }
  // A buffer that keeps the units' place within their bytes.
  std::int64_t buffer(std::int64_t units, std::uint64_t unit) const {
    const AddressRange range = bytes_of_units(unit, units);
    return round_up(static_cast<std::int64_t>(range.end - range.begin), 64);
  }
  Flat in_buffer(std::uint64_t buffer, std::uint64_t unit) const {
    const auto per_byte = static_cast<std::uint64_t>(per_byte_);
    return {Place::scratchpad, buffer * per_byte + unit % per_byte};
  }

  // The walk's loops in units; on a packed side the elements follow each other.
  std::vector<Level> levels(const Walk& walk, bool source_packed, bool destination_packed) const {
    std::vector<Level> loops;
    std::int64_t packed = element_;
    for (std::size_t d = walk.dimensions.size(); d-- > 0;) {
      const Walk::Dimension& dim = walk.dimensions[d];
      if (dim.extent == 1) continue;
      loops.insert(loops.begin(), {dim.extent, source_packed ? packed : dim.source * element_,
                                   destination_packed ? packed : dim.destination * element_});
      packed *= dim.extent;
    }
    return loops;
  }

  // Units that follow each other on both sides, and the loops around them.
  struct Runs {
    std::int64_t run;
    std::vector<Level> loops;
  };
  Runs runs_of(std::vector<Level> loops) const {
    std::int64_t run = element_;
    while (!loops.empty() && loops.back().from == run && loops.back().to == run) {
      run *= loops.back().extent;
      loops.pop_back();
    }
    return {run, std::move(loops)};
  }

  bool takes_whole_bytes(const std::vector<Level>& levels, Flat from, Flat to) const {
    const Runs runs = runs_of(levels);
    const auto whole = [&](auto units) {
      return static_cast<std::int64_t>(units) % per_byte_ == 0;
    };
    return whole(runs.run) && whole(from.unit) && whole(to.unit) &&
           std::all_of(runs.loops.begin(), runs.loops.end(),
                       [&](const Level& loop) { return whole(loop.from) && whole(loop.to); });
  }
  bool stores_packed(const Walk& walk) const {
    return takes_whole_bytes(levels(walk, true, false), {Place::scratchpad, 0}, to(walk));
  }

  // Requires: whole bytes.
  template <class Kind>
  Step move(const std::vector<Level>& levels, Flat from, Flat to, bool load) const {
    const Runs runs = runs_of(levels);
    Kind kind;
    kind.run = runs.run / per_byte_;
    const std::uint64_t source = bytes_of_units(from.unit, runs.run).begin;
    const std::uint64_t destination = bytes_of_units(to.unit, runs.run).begin;
    SYSTOLITH_CHECK(runs.loops.size() <= kind.loops.size(), "a copy of {} loops",
                    runs.loops.size());
    for (std::size_t l = 0; l < runs.loops.size(); ++l) {
      const Level& loop = runs.loops[l];
      const std::int64_t out = loop.from / per_byte_, in = loop.to / per_byte_;
      kind.loops[kind.loops.size() - runs.loops.size() + l] = {loop.extent, load ? out : in,
                                                               load ? in : out};
    }
    kind.system_address = load ? source : destination;
    kind.local_address = load ? destination : source;
    return {context_.layer(), kind, touches(levels, from, to)};
  }

  // All bytes that a span of units is in, as they are.
  template <class Kind>
  Step move_span(Flat from, Flat to, std::int64_t units, bool load) const {
    const AddressRange read = bytes_of_units(from.unit, units);
    const AddressRange written = bytes_of_units(to.unit, units);
    Kind kind;
    kind.run = static_cast<std::int64_t>(read.end - read.begin);
    kind.system_address = load ? read.begin : written.begin;
    kind.local_address = load ? written.begin : read.begin;
    return {context_.layer(), kind, {{from.place, read, false}, {to.place, written, true}}};
  }

  Item by_dma(const Walk& walk, std::uint64_t buffer) const {
    Item item;
    const Flat local = in_buffer(buffer, 0);
    if (both_system()) {
      item.loads.push_back(move<Load>(levels(walk, false, true), from(walk), local, true));
      item.stores.push_back(move<Store>(levels(walk, true, false), local, to(walk), false));
    } else if (source_.place == Place::system) {
      item.loads.push_back(move<Load>(levels(walk, false, false), from(walk), to(walk), true));
    } else {
      item.stores.push_back(move<Store>(levels(walk, false, false), from(walk), to(walk), false));
    }
    return item;
  }

  Item by_vector_unit(const Walk& walk, std::uint64_t at) const {
    Item item;
    Flat in = from(walk), out = to(walk);
    if (in.place == Place::system) {
      const std::int64_t span = walk.source_span() * element_;
      const Flat low = lowest(walk), local = in_buffer(at, low.unit);
      item.loads.push_back(move_span<Load>(low, local, span, true));
      at += static_cast<std::uint64_t>(buffer(span, low.unit));
      in = behind(local, walk.source_lead());
    }
    if (out.place != Place::system) {
      item.work.push_back(rearrange(levels(walk, false, false), in, out));
    } else if (stores_packed(walk)) {
      const Flat local = in_buffer(at, 0);
      item.work.push_back(rearrange(levels(walk, false, true), in, local));
      item.stores.push_back(move<Store>(levels(walk, true, false), local, out, false));
    } else {
      const std::int64_t span = walk.destination_span() * element_;
      const Flat local = in_buffer(at, out.unit);
      item.loads.push_back(move_span<Load>(out, local, span, true));
      item.work.push_back(rearrange(levels(walk, false, false), in, local));
      item.stores.push_back(move_span<Store>(local, out, span, false));
    }
    return item;
  }

  Step rearrange(const std::vector<Level>& loops, Flat in, Flat out) const {
    VectorOp op;
    SYSTOLITH_CHECK(loops.size() <= kDimensions, "a rearrangement of {} loops", loops.size());
    op.a.space = op.destination.space = Space::scratchpad;
    op.a.format = op.destination.format = format_;
    op.a.address = in.unit;
    op.destination.address = out.unit;
    for (std::size_t l = 0; l < loops.size(); ++l) {
      const std::size_t d = kDimensions - loops.size() + l;
      op.shape[d] = static_cast<std::int32_t>(loops[l].extent);
      op.a.strides[d] = loops[l].from;
      op.destination.strides[d] = loops[l].to;
    }
    return {context_.layer(), op, touches(loops, in, out)};
  }

  std::vector<Touch> touches(const std::vector<Level>& loops, Flat from, Flat to) const {
    return {{from.place, reach(loops, from, &Level::from), false},
            {to.place, reach(loops, to, &Level::to), true}};
  }
  AddressRange reach(const std::vector<Level>& loops, Flat at, std::int64_t Level::*stride) const {
    std::int64_t before = 0, units = element_;
    for (const Level& loop : loops) {
      const std::int64_t length = (loop.extent - 1) * (loop.*stride);
      before += std::max<std::int64_t>(-length, 0);
      units += std::abs(length);
    }
    return bytes_of_units(at.unit - static_cast<std::uint64_t>(before), units);
  }

  const CodegenContext& context_;
  Format format_;
  std::int64_t element_, per_byte_;  // units
  Flat source_, destination_;
  bool direct_ = false;
};

// Sets all of the output to the fill value.
void generate_fill(CodegenContext& context, const CopyKernel& copy, KernelItems& items) {
  const View out = context.view(copy.output);
  const auto bytes = [&](const Box& box) { return buffer_bytes(out, box); };
  const auto& name = context.graph.kernels[context.kernel].name;
  const std::vector<Box> boxes =
      cut_boxes(name, out.shape, {true, true, channel_unit({out.format})},
                context.placement.streaming_bytes, bytes, 1);
  std::int64_t most = 0;
  for (const Box& box : boxes) most = std::max(most, bytes(box));
  TileBuffers buffers(context, most);
  for (const Box& box : boxes) {
    buffers.next();
    Item item;
    const View to = buffers.room(out, box);
    item.work.push_back(
        {context.layer(), fill_op(to, static_cast<float>(copy.fill)), {reads(to), writes(to)}});
    finish(context, out, box, to, item);
    items.cores[0].push_back(std::move(item));
  }
}

// Where a piece's source is; a constant gets its place here, once.
Home source_home(CodegenContext& context, const CopyPiece& piece,
                 std::map<TensorId, Home>& constants, ProgramLayer& layer) {
  const KernelTensor& source = context.graph.tensor(piece.source);
  if (!source.is_constant())
    return context.placement.homes[static_cast<std::size_t>(source.storage)];
  const auto [found, is_new] = constants.try_emplace(piece.source);
  if (is_new) {
    found->second.address = context.constants.allocate(source.bytes());
    context.constants.fill(found->second.address, pack_codes(source.format, source.data));
    layer.weight_bytes += source.bytes();
  }
  return found->second;
}

}  // namespace

KernelItems generate_copy(CodegenContext& context, const CopyKernel& copy, ProgramLayer& layer) {
  KernelItems items = context.empty_items(copy.output);
  if (copy.fills) generate_fill(context, copy, items);
  std::map<TensorId, Home> constants;
  for (const CopyPiece& piece : copy.pieces) {
    const Copier copier(context, piece, copy, source_home(context, piece, constants, layer));
    const std::int64_t capacity = context.placement.streaming_bytes;
    const std::vector<Walk> parts = cut(Walk(piece), copier.run_unit(), [&](const Walk& walk) {
      return walk.real_dimensions() <= kDimensions && 2 * copier.bytes(walk) <= capacity;
    });
    std::int64_t most = 0;
    for (const Walk& part : parts) most = std::max(most, copier.bytes(part));
    if (2 * most > capacity)
      user_error(
          "layer '{}': its smallest tile needs {} bytes of scratchpad, {} are free for tiles",
          context.graph.kernels[context.kernel].name, 2 * most, capacity);
    const std::uint64_t base = context.buffer_base(2 * most);
    for (std::size_t i = 0; i < parts.size(); ++i)
      items.cores[0].push_back(copier.item(
          parts[i], base + static_cast<std::uint64_t>(static_cast<std::int64_t>(i % 2) * most)));
  }
  return items;
}

}  // namespace systolith
