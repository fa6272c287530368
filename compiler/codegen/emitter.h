// Steps in, streams out: puts each core's steps into an order that prefetches, and derives every
// command's dependencies from what it touches.
#pragma once

#include <vector>

#include "compiler/codegen/hazards.h"
#include "traces/format/program.h"

namespace systolith {

enum class Place : std::uint8_t { scratchpad, accumulator, system };

struct Touch {
  Place place = Place::scratchpad;
  AddressRange range;
  bool write = false;
};

struct Step {
  LayerId layer{};
  Operation operation;
  std::vector<Touch> touches;
};

// What one tile needs: operands in, work, results out.
struct Item {
  std::vector<Step> loads, work, stores;
};

// One kernel's items per core, and what it writes that other cores may read.
struct KernelItems {
  LayerId layer{};
  std::vector<std::vector<Item>> cores;
  std::vector<AddressRange> shared_results;
};

// Order per core: the loads of the next tile go before the work of this one, across kernels too,
// where that keeps every read after the write that it means. With several cores a Sync per core
// ends each kernel that has shared results.
std::vector<std::vector<Command>> emit(const std::vector<KernelItems>& kernels, std::size_t cores);

}  // namespace systolith
