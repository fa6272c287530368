#include "compiler/codegen/placement.h"

#include <algorithm>

#include "compiler/codegen/lifetime_allocator.h"
#include "compiler/kernels/operands.h"
#include "hw/arch/level_paths.h"
#include "hw/isa/fields.h"
#include "hw/isa/transfer_reach.h"

namespace systolith {
namespace {

// Kernel indices between which a storage holds something needed.
struct Life {
  std::int64_t first = -1, last = -1;
  bool in_memory = false;  // read by loads only: as weights, or a value per channel
  bool used = false, crosses_the_border = false;  // input or output of the network
};

// Calls visit(tensor) for what strided loads bring in the order that the kernel wants.
template <class Visit>
void for_each_loaded(const Kernel& kernel, Visit visit) {
  if (const auto* conv = std::get_if<ConvKernel>(&kernel.work)) {
    if (!conv->walk) return;
    visit(conv->weights);
    if (conv->bias != kNoTensor) visit(conv->bias);
  } else if (const auto* chain = std::get_if<ChainKernel>(&kernel.work)) {
    for (const ChainValue& value : chain->values)
      if (value.per_channel && value.tensor != kNoTensor) visit(value.tensor);
  }
}

std::vector<Life> lives_of(const KernelGraph& graph) {
  std::vector<Life> lives(graph.tensors.size());
  const auto storage = [&](TensorId id) {
    return static_cast<std::size_t>(graph.tensor(id).storage);
  };
  for (std::size_t k = 0; k < graph.kernels.size(); ++k) {
    for_each_operand(graph.kernels[k], [&](TensorId id, bool written) {
      if (graph.tensor(id).is_constant()) return;
      Life& life = lives[storage(id)];
      const auto now = static_cast<std::int64_t>(k);
      if (!life.used && written) life.first = now;
      life.used = true;
      life.last = now;
    });
    for_each_loaded(graph.kernels[k], [&](TensorId id) { lives[storage(id)].in_memory = true; });
  }
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const KernelTensor& tensor = graph.tensors[t];
    if (!tensor.crosses_the_border()) continue;
    Life& life = lives[static_cast<std::size_t>(tensor.storage)];
    life.used = life.crosses_the_border = true;
  }
  return lives;
}

// The most bytes of computed tensors that are needed at one kernel.
std::int64_t most_alive(const KernelGraph& graph, const std::vector<Life>& lives) {
  std::vector<std::int64_t> change(graph.kernels.size() + 1, 0);
  for (std::size_t t = 0; t < lives.size(); ++t) {
    if (!lives[t].used || lives[t].crosses_the_border || lives[t].first < 0) continue;
    change[static_cast<std::size_t>(lives[t].first)] += graph.tensors[t].bytes();
    change[static_cast<std::size_t>(lives[t].last) + 1] -= graph.tensors[t].bytes();
  }
  std::int64_t alive = 0, most = 0;
  for (const std::int64_t step : change) most = std::max(most, alive += step);
  return most;
}

std::optional<std::uint64_t> in_levels(std::vector<LifetimeAllocator>& levels, std::int64_t bytes,
                                       const Life& life) {
  for (LifetimeAllocator& level : levels)
    if (const auto at = level.allocate(bytes, life.first, life.last))
      return static_cast<std::uint64_t>(*at);
  return std::nullopt;
}

// The tensors that need a home. Those that wait long for their last reader, as activations do for
// the backward part, come last: on chip they would save one journey in the time of many.
std::vector<std::size_t> in_order_of_claim(const KernelGraph& graph,
                                           const std::vector<Life>& lives) {
  constexpr std::int64_t kSoon = 16;  // kernels
  std::vector<std::size_t> order;
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const KernelTensor& tensor = graph.tensors[t];
    if (lives[t].used && !tensor.is_constant() && static_cast<std::size_t>(tensor.storage) == t)
      order.push_back(t);
  }
  std::stable_partition(order.begin(), order.end(),
                        [&](std::size_t t) { return lives[t].last - lives[t].first <= kSoon; });
  return order;
}

}  // namespace

namespace {

// Tensors may be anybody's: they lie in levels that all cores reach.
std::int64_t room_for_tensors(const Machine& machine, const LevelConfig& level) {
  if (is_host(level)) return 0;
  for (std::int64_t core = 0; core < machine.core.count; ++core)
    if (!serves(level, core)) return 0;
  return is_addressed(level) ? level.capacity.count() : 0;
}

// For inputs and outputs; nothing: they are in DRAM.
std::optional<LifetimeAllocator> host_memory(const Machine& machine) {
  for (std::size_t i = 0; i < machine.memory.size(); ++i)
    if (is_host(machine.memory[i]))
      return LifetimeAllocator(static_cast<std::int64_t>(AddressMap::level_base(i)),
                               machine.memory[i].capacity.count());
  return std::nullopt;
}

std::uint64_t on_host(LifetimeAllocator& host, const KernelTensor& tensor, std::int64_t end) {
  const auto at = host.allocate(tensor.bytes(), -1, end);
  if (!at)
    user_error("the host's memory has no room for the {} bytes of '{}'", tensor.bytes(),
               tensor.name);
  return static_cast<std::uint64_t>(*at);
}

}  // namespace

Placement place(const KernelGraph& graph, const Machine& machine, std::int64_t streaming_bytes) {
  const std::int64_t scratchpad = machine.core.scratchpad.capacity.count();
  LifetimeAllocator resident(streaming_bytes, scratchpad - streaming_bytes);
  std::vector<LifetimeAllocator> levels;
  for (std::size_t i = 0; i < machine.memory.size(); ++i)
    levels.emplace_back(static_cast<std::int64_t>(AddressMap::level_base(i)),
                        room_for_tensors(machine, machine.memory[i]));
  std::optional<LifetimeAllocator> host = host_memory(machine);
  LifetimeAllocator dram(0, kReach);  // whether it is there the caller sees

  Placement placement;
  placement.streaming_bytes = streaming_bytes;
  placement.homes.resize(graph.tensors.size());
  const std::vector<Life> lives = lives_of(graph);
  const auto end = static_cast<std::int64_t>(graph.kernels.size());
  for (const std::size_t t : in_order_of_claim(graph, lives)) {
    const KernelTensor& tensor = graph.tensors[t];
    Home& home = placement.homes[t];
    if (!lives[t].crosses_the_border) {
      if (machine.core.count == 1 && !lives[t].in_memory) {
        if (const auto at = resident.allocate(tensor.bytes(), lives[t].first, lives[t].last)) {
          home = {Place::scratchpad, static_cast<std::uint64_t>(*at)};
          continue;
        }
      }
      if (const auto at = in_levels(levels, tensor.bytes(), lives[t])) {
        home.address = *at;
        continue;
      }
    }
    const bool border = lives[t].crosses_the_border;
    if (border && host && !tensor.is_state) {
      home.address = on_host(*host, tensor, end);
      continue;
    }
    const auto at =
        dram.allocate(tensor.bytes(), border ? -1 : lives[t].first, border ? end : lives[t].last);
    home.address = static_cast<std::uint64_t>(*at);
  }
  placement.live_bytes = most_alive(graph, lives);
  placement.first_free_address = static_cast<std::uint64_t>(round_up(dram.high_water(), 4096));
  return placement;
}

View view_of(const KernelGraph& graph, const Placement& placement, TensorId id) {
  const KernelTensor& tensor = graph.tensor(id);
  const KernelTensor& storage = graph.tensor(tensor.storage);
  const Home& home = placement.homes[static_cast<std::size_t>(tensor.storage)];
  // An alias of other shape has the storage's bytes under its own strides.
  const bool alias = tensor.elements() == storage.elements();
  const std::int64_t pixel = packed_bytes(tensor.format, (alias ? tensor : storage).shape[3]);
  SYSTOLITH_CHECK(tensor.channel_offset % units_per_byte(tensor.format) == 0,
                  "tensor '{}' begins within a byte", tensor.name);
  View view;
  view.place = home.place;
  view.channel_bytes = packed_bytes(tensor.format, tensor.channel_offset);
  view.address = home.address + static_cast<std::uint64_t>(view.channel_bytes);
  view.strides = {pixel * tensor.shape[2] * tensor.shape[1], pixel * tensor.shape[2], pixel};
  view.shape = tensor.shape;
  view.format = tensor.format;
  view.quantization = tensor.quantization;
  return view;
}

Box whole(const View& view) { return {{0, 0, 0, 0}, view.shape}; }

namespace {

// Bytes between a view's first channel and the byte that channel c is in.
std::int64_t channel_offset(const View& view, std::int64_t c) {
  return c * units_of(view.format) / units_per_byte(view.format);
}

}  // namespace

std::int64_t pixel_bytes(const View& view, const Box& box) {
  const std::int64_t begin = channel_offset(view, box.begin[3]);
  return packed_bytes(view.format, box.begin[3] + box.extent[3]) - begin;
}

std::uint64_t address_of(const View& view, const std::array<std::int64_t, 4>& element) {
  std::int64_t offset = channel_offset(view, element[3]);
  for (std::size_t d = 0; d < 3; ++d) offset += element[d] * view.strides[d];
  return view.address + static_cast<std::uint64_t>(offset);
}

namespace {

// Bytes from the begin of the cell of dimension d (all that has one index there) to the box's.
std::int64_t offset_in_cell(const View& view, const Box& box, std::size_t d) {
  std::int64_t offset = view.channel_bytes + channel_offset(view, box.begin[3]);
  for (std::size_t inner = d + 1; inner < 3; ++inner)
    offset += box.begin[inner] * view.strides[inner];
  return offset;
}

// `dense` with the gaps that dimension d's stride leaves, where all outer strides keep its phase.
AddressRange striped(AddressRange dense, const View& view, const Box& box, std::size_t d,
                     std::int64_t run) {
  const std::int64_t period = view.strides[d];
  for (std::size_t outer = 0; outer < d; ++outer)
    if (view.strides[outer] % period != 0) return dense;
  const std::int64_t offset = offset_in_cell(view, box, d);
  dense.begin -= static_cast<std::uint64_t>(offset);
  const auto length = static_cast<std::int64_t>(dense.end - dense.begin);
  dense.end = dense.begin + static_cast<std::uint64_t>(round_up(length, period));
  dense.period = static_cast<std::uint64_t>(period);
  dense.offset = static_cast<std::uint64_t>(offset);
  dense.run = static_cast<std::uint64_t>(run);
  return dense;
}

}  // namespace

AddressRange range_of(const View& view, const Box& box) {
  std::array<std::int64_t, 4> last{};
  for (std::size_t d = 0; d < 4; ++d) last[d] = box.begin[d] + box.extent[d] - 1;
  std::int64_t run = pixel_bytes(view, box);
  last[3] = box.begin[3];
  const AddressRange dense{address_of(view, box.begin),
                           address_of(view, last) + static_cast<std::uint64_t>(run)};
  for (std::size_t d = 3; d-- > 0;) {
    if (box.extent[d] == 1) continue;
    if (view.strides[d] != run) return striped(dense, view, box, d, run);
    run *= box.extent[d];
  }
  return dense;
}

View part(const View& view, const Box& box) {
  SYSTOLITH_CHECK(box.begin[3] % units_per_byte(view.format) == 0,
                  "a part from channel {} on begins within a byte", box.begin[3]);
  View result = view;
  result.address = address_of(view, box.begin);
  result.channel_bytes += channel_offset(view, box.begin[3]);
  result.shape = box.extent;
  return result;
}

View packed(const View& like, const Box& box, std::uint64_t address) {
  View view = like;
  view.place = Place::scratchpad;
  view.address = address;
  view.channel_bytes = 0;
  view.shape = box.extent;
  view.strides[2] = packed_bytes(like.format, box.extent[3]);
  view.strides[1] = view.strides[2] * box.extent[2];
  view.strides[0] = view.strides[1] * box.extent[1];
  return view;
}

namespace {

AddressRange range_at(std::uint64_t address, const TransferReach& reach) {
  const auto base = static_cast<std::int64_t>(address);
  return {static_cast<std::uint64_t>(base + reach.first),
          static_cast<std::uint64_t>(base + reach.last + 1)};
}

}  // namespace

AddressRange local_range(const Transfer& transfer) {
  return range_at(transfer.local_address, local_reach(transfer));
}

AddressRange system_range(const Transfer& transfer) {
  return range_at(transfer.system_address, system_reach(transfer));
}

Transfer transfer(const View& system, const Box& box, const View& local) {
  const std::int64_t per_byte = units_per_byte(system.format);
  const std::int64_t end = box.begin[3] + box.extent[3];
  SYSTOLITH_CHECK(box.begin[3] % per_byte == 0 && (end % per_byte == 0 || end == system.shape[3]),
                  "channels {} to {} of {} don't take whole bytes", box.begin[3], end - 1,
                  system.shape[3]);
  Transfer move;
  move.system_address = address_of(system, box.begin);
  move.local_address = local.address;
  move.run = pixel_bytes(system, box);
  std::size_t loop = 3;
  bool contiguous = true;
  for (std::size_t d = 3; d-- > 0;) {
    if (box.extent[d] == 1) continue;
    contiguous = contiguous && system.strides[d] == move.run && local.strides[d] == move.run;
    if (contiguous) {
      move.run *= box.extent[d];
    } else {
      move.loops[--loop] = {box.extent[d], system.strides[d], local.strides[d]};
    }
  }
  return move;
}

namespace {

template <class Kind>
Step move_step(LayerId layer, const View& system, const Box& box, const View& local, bool load) {
  const Box inside{{0, 0, 0, 0}, box.extent};
  Kind kind;
  static_cast<Transfer&>(kind) = transfer(system, box, local);
  return {layer,
          kind,
          {{Place::system, range_of(system, box), !load},
           {Place::scratchpad, range_of(local, inside), load}}};
}

}  // namespace

Step load_step(LayerId layer, const View& system, const Box& box, const View& local) {
  return move_step<Load>(layer, system, box, local, true);
}
Step store_step(LayerId layer, const View& system, const Box& box, const View& local) {
  return move_step<Store>(layer, system, box, local, false);
}

}  // namespace systolith
