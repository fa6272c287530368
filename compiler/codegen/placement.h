// Where every tensor lives: on the core for its whole life where there is room, else in a shared
// level or DRAM.
#pragma once

#include <vector>

#include "compiler/codegen/emitter.h"
#include "compiler/kernels/kernel_graph.h"
#include "hw/arch/machine.h"

namespace systolith {

struct Home {
  Place place = Place::system;  // scratchpad: resident
  std::uint64_t address = 0;
};

struct Placement {
  std::vector<Home> homes;               // by storage tensor
  std::int64_t streaming_bytes = 0;      // scratchpad [0, streaming_bytes) is for tile buffers
  std::int64_t live_bytes = 0;           // the most that computed tensors take at one time
  std::uint64_t first_free_address = 0;  // of DRAM, behind all tensors
};

// Tensors that pass between kernels may be resident in the scratchpad above `streaming_bytes`.
// Requires: streaming_bytes <= scratchpad capacity. DRAM is taken as it is needed, beyond what
// there is too.
Placement place(const KernelGraph& graph, const Machine& machine, std::int64_t streaming_bytes);

// A tensor as it lies in memory: address of its first element, which begins a byte, and byte
// strides of (n, h, w); channels are contiguous.
struct View {
  Place place = Place::system;
  std::uint64_t address = 0;
  std::array<std::int64_t, 3> strides{};
  std::array<std::int64_t, 4> shape{};
  Format format = Format::int8;
  Quantization quantization;
  std::int64_t channel_bytes = 0;  // from the pixel's first byte in memory to the view's

  bool resident() const { return place == Place::scratchpad; }
};
View view_of(const KernelGraph& graph, const Placement& placement, TensorId id);

// A box of a view: begin and extent per dimension (n, h, w, c).
struct Box {
  std::array<std::int64_t, 4> begin{}, extent{};
  std::int64_t elements() const { return extent[0] * extent[1] * extent[2] * extent[3]; }
};
Box whole(const View& view);
// Of the byte that the element is in.
std::uint64_t address_of(const View& view, const std::array<std::int64_t, 4>& element);
// All bytes that hold some of the box.
AddressRange range_of(const View& view, const Box& box);
// Bytes of a pixel's channels in a box.
std::int64_t pixel_bytes(const View& view, const Box& box);
// The box as a view of its own. Requires: its channels begin a byte.
View part(const View& view, const Box& box);
// The box packed densely at a scratchpad address.
View packed(const View& like, const Box& box, std::uint64_t address);

// What a transfer touches at either end, gaps included.
AddressRange local_range(const Transfer& transfer);
AddressRange system_range(const Transfer& transfer);

// Moves `box` of `system` to or from `local`, whose element (0,0,0,0) is the box's first. Requires:
// the box's channels begin a byte and end one, or end the pixel.
Transfer transfer(const View& system, const Box& box, const View& local);
Step load_step(LayerId layer, const View& system, const Box& box, const View& local);
Step store_step(LayerId layer, const View& system, const Box& box, const View& local);

}  // namespace systolith
