// Copies between layouts. Where runs of the source stay runs of the destination the DMA's strides
// do all the work; where elements change their order the vector unit does, on spans at hand.
#include <algorithm>
#include <numeric>

#include "compiler/codegen/row_tiles.h"

namespace systolith {
namespace {

constexpr std::int64_t kShortestRun = 16;  // bytes worth a DMA run of their own
constexpr std::size_t kDimensions = 4;     // that one command walks

struct Dimension {
  std::int64_t extent, source, destination;  // strides in elements
};

// A piece as a walk in the destination's order, outermost first, with mergeable dimensions merged.
struct Walk {
  std::vector<Dimension> dimensions;
  std::int64_t source_offset, destination_offset;

  explicit Walk(const CopyPiece& piece)
      : source_offset(piece.source_offset), destination_offset(piece.destination_offset) {
    for (std::size_t d = 0; d < piece.extent.size(); ++d)
      if (piece.extent[d] != 1)
        dimensions.push_back(
            {piece.extent[d], piece.source_strides[d], piece.destination_strides[d]});
    std::stable_sort(dimensions.begin(), dimensions.end(),
                     [](const auto& a, const auto& b) { return a.destination > b.destination; });
    for (std::size_t d = dimensions.size(); d-- > 1;) {
      Dimension& outer = dimensions[d - 1];
      const Dimension& inner = dimensions[d];
      if (outer.source != inner.source * inner.extent ||
          outer.destination != inner.destination * inner.extent)
        continue;
      outer = {outer.extent * inner.extent, inner.source, inner.destination};
      dimensions.erase(dimensions.begin() + static_cast<std::ptrdiff_t>(d));
    }
    if (dimensions.empty()) dimensions.push_back({1, 1, 1});
  }

  std::int64_t elements() const {
    std::int64_t product = 1;
    for (const Dimension& d : dimensions) product *= d.extent;
    return product;
  }
  std::int64_t source_span() const {
    std::int64_t last = 0;
    for (const Dimension& d : dimensions) last += (d.extent - 1) * d.source;
    return last + 1;
  }
  // Elements of the innermost run that is one in both; 1 where the order changes.
  std::int64_t run() const {
    const Dimension& inner = dimensions.back();
    return inner.source == 1 && inner.destination == 1 ? inner.extent : 1;
  }
};

// Cuts a walk along its outermost dimensions until each part has few enough dimensions and bytes.
void cut(const Walk& walk, const std::function<bool(const Walk&)>& small_enough,
         std::vector<Walk>& parts) {
  if (small_enough(walk)) {
    parts.push_back(walk);
    return;
  }
  std::size_t d = 0;
  while (d + 1 < walk.dimensions.size() && walk.dimensions[d].extent == 1) ++d;
  const Dimension whole = walk.dimensions[d];
  if (whole.extent == 1) {
    parts.push_back(walk);
    return;
  }
  Walk first = walk, second = walk;
  const std::int64_t half = whole.extent / 2;
  first.dimensions[d].extent = half;
  second.dimensions[d].extent = whole.extent - half;
  second.source_offset += half * whole.source;
  second.destination_offset += half * whole.destination;
  cut(first, small_enough, parts);
  cut(second, small_enough, parts);
}

std::size_t real_dimensions(const Walk& walk) {
  return static_cast<std::size_t>(std::count_if(walk.dimensions.begin(), walk.dimensions.end(),
                                                [](const Dimension& d) { return d.extent != 1; }));
}

// A flat, byte-addressed place.
struct Flat {
  Place place = Place::scratchpad;
  std::uint64_t address = 0;
};

struct Level {  // one loop of a strided walk, strides in bytes
  std::int64_t extent, from, to;
};

class Copier {
 public:
  Copier(CodegenContext& context, const CopyPiece& piece, const CopyKernel& copy)
      : context_(context),
        element_(bytes_of(context.graph.tensor(copy.output).format)),
        format_(context.graph.tensor(copy.output).format),
        source_(storage(piece.source)),
        destination_(storage(copy.output)),
        direct_(Walk(piece).run() * element_ >= kShortestRun &&
                (source_.place == Place::system || destination_.place == Place::system)) {}

  // Bytes of tile buffer that a part takes.
  std::int64_t bytes(const Walk& walk) const {
    const std::int64_t packed = round_up(walk.elements() * element_, 64);
    if (direct_) return both_system() ? packed : 0;
    return (source_.place == Place::system ? round_up(walk.source_span() * element_, 64) : 0) +
           (destination_.place == Place::system ? packed : 0);
  }

  Item item(const Walk& walk, std::uint64_t buffer) const {
    return direct_ ? by_dma(walk, buffer) : by_vector_unit(walk, buffer);
  }

 private:
  Flat storage(TensorId id) const {
    const Home& home =
        context_.placement.homes[static_cast<std::size_t>(context_.graph.tensor(id).storage)];
    return {home.place, home.address};
  }
  bool both_system() const {
    return source_.place == Place::system && destination_.place == Place::system;
  }
  Flat from(const Walk& walk) const {
    return {source_.place,
            source_.address + static_cast<std::uint64_t>(walk.source_offset * element_)};
  }
  Flat to(const Walk& walk) const {
    return {destination_.place,
            destination_.address + static_cast<std::uint64_t>(walk.destination_offset * element_)};
  }

  // The walk's loops in bytes; on a packed side the elements follow each other.
  std::vector<Level> levels(const Walk& walk, bool source_packed, bool destination_packed) const {
    std::vector<Level> loops;
    std::int64_t packed = element_;
    for (std::size_t d = walk.dimensions.size(); d-- > 0;) {
      const Dimension& dim = walk.dimensions[d];
      if (dim.extent == 1) continue;
      loops.insert(loops.begin(), {dim.extent, source_packed ? packed : dim.source * element_,
                                   destination_packed ? packed : dim.destination * element_});
      packed *= dim.extent;
    }
    return loops;
  }

  template <class Kind>
  Step move(const std::vector<Level>& loops, Flat from, Flat to, bool load) const {
    Kind kind;
    kind.run = element_;
    std::size_t used = loops.size();
    while (used > 0 && loops[used - 1].from == kind.run && loops[used - 1].to == kind.run)
      kind.run *= loops[--used].extent;
    AddressRange read{from.address, from.address + static_cast<std::uint64_t>(kind.run)};
    AddressRange written{to.address, to.address + static_cast<std::uint64_t>(kind.run)};
    SYSTOLITH_CHECK(used <= kind.loops.size(), "a copy of {} loops", used);
    for (std::size_t l = 0; l < used; ++l) {
      const Level& loop = loops[l];
      kind.loops[kind.loops.size() - used + l] = {loop.extent, load ? loop.from : loop.to,
                                                  load ? loop.to : loop.from};
      read.end += static_cast<std::uint64_t>((loop.extent - 1) * loop.from);
      written.end += static_cast<std::uint64_t>((loop.extent - 1) * loop.to);
    }
    kind.system_address = load ? from.address : to.address;
    kind.local_address = load ? to.address : from.address;
    return {context_.layer(), kind, {{from.place, read, false}, {to.place, written, true}}};
  }

  Item by_dma(const Walk& walk, std::uint64_t buffer) const {
    Item item;
    const Flat local{Place::scratchpad, buffer};
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

  Item by_vector_unit(const Walk& walk, std::uint64_t buffer) const {
    Item item;
    Flat in = from(walk), out = to(walk);
    const bool out_packed = out.place == Place::system;
    if (in.place == Place::system) {
      const Flat local{Place::scratchpad, buffer};
      const std::vector<Level> span = {{walk.source_span(), element_, element_}};
      item.loads.push_back(move<Load>(span, in, local, true));
      in = local;
      buffer += static_cast<std::uint64_t>(round_up(walk.source_span() * element_, 64));
    }
    if (out_packed) out = {Place::scratchpad, buffer};
    item.work.push_back(rearrange(levels(walk, false, out_packed), in, out));
    if (out_packed)
      item.stores.push_back(move<Store>(levels(walk, true, false), out, to(walk), false));
    return item;
  }

  Step rearrange(const std::vector<Level>& loops, Flat in, Flat out) const {
    VectorOp op;
    SYSTOLITH_CHECK(loops.size() <= kDimensions, "a rearrangement of {} loops", loops.size());
    op.a.space = op.destination.space = Space::scratchpad;
    op.a.format = op.destination.format = format_;
    op.a.address = in.address;
    op.destination.address = out.address;
    AddressRange read{in.address, in.address + static_cast<std::uint64_t>(element_)};
    AddressRange written{out.address, out.address + static_cast<std::uint64_t>(element_)};
    for (std::size_t l = 0; l < loops.size(); ++l) {
      const std::size_t d = kDimensions - loops.size() + l;
      op.shape[d] = static_cast<std::int32_t>(loops[l].extent);
      op.a.strides[d] = loops[l].from;
      op.destination.strides[d] = loops[l].to;
      read.end += static_cast<std::uint64_t>((loops[l].extent - 1) * loops[l].from);
      written.end += static_cast<std::uint64_t>((loops[l].extent - 1) * loops[l].to);
    }
    return {context_.layer(),
            op,
            {{Place::scratchpad, read, false}, {Place::scratchpad, written, true}}};
  }

  CodegenContext& context_;
  std::int64_t element_;
  Format format_;
  Flat source_, destination_;
  bool direct_;
};

// Sets all of the output to the fill value.
void generate_fill(CodegenContext& context, const CopyKernel& copy, KernelItems& items) {
  const View out = context.view(copy.output);
  const auto bytes = [&](const Box& box) { return buffer_bytes(out, box); };
  const auto& name = context.graph.kernels[context.kernel].name;
  const std::vector<Box> boxes =
      cut_boxes(name, out.shape, {}, context.placement.streaming_bytes, bytes, 1);
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

}  // namespace

KernelItems generate_copy(CodegenContext& context, const CopyKernel& copy) {
  KernelItems items = context.empty_items(copy.output);
  if (copy.fills) generate_fill(context, copy, items);
  for (const CopyPiece& piece : copy.pieces) {
    const Copier copier(context, piece, copy);
    const std::int64_t capacity = context.placement.streaming_bytes;
    std::vector<Walk> parts;
    cut(
        Walk(piece),
        [&](const Walk& walk) {
          return real_dimensions(walk) <= kDimensions && 2 * copier.bytes(walk) <= capacity;
        },
        parts);
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
