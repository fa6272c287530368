// What a transfer touches at either end, and how the bytes of one run lie in the scratchpad.
#pragma once

#include <algorithm>

#include "hw/isa/command.h"

namespace systolith {

// First and last byte, relative to the transfer's address.
struct TransferReach {
  std::int64_t first = 0, last = 0;
};

// Whether a run lies in the scratchpad otherwise than in system memory.
constexpr bool is_repacked(const Transfer& t) {
  return t.element != 0 || t.half_bytes != HalfBytes::kept;
}

// Elements of a run, and their bytes and distance in the scratchpad.
struct LocalElements {
  std::int64_t count = 1, bytes = 1, stride = 1;
};
constexpr LocalElements local_elements(const Transfer& t, std::int64_t system_bytes) {
  if (t.half_bytes != HalfBytes::kept)
    return {2 * system_bytes, 1, t.element == 0 ? 1 : t.element_stride};
  if (t.element == 0) return {1, system_bytes, system_bytes};
  return {system_bytes / t.element, t.element, t.element_stride};
}

inline TransferReach reach_of(TransferReach run, const Transfer& transfer,
                              std::int64_t TransferLoop::*stride) {
  for (const TransferLoop& loop : transfer.loops) {
    const std::int64_t length = (loop.count - 1) * (loop.*stride);
    (length < 0 ? run.first : run.last) += length;
  }
  return run;
}

inline TransferReach system_reach(const Transfer& transfer) {
  return reach_of({0, transfer.run - 1}, transfer, &TransferLoop::system_stride);
}

inline TransferReach local_reach(const Transfer& transfer) {
  const LocalElements elements = local_elements(transfer, transfer.run);
  const std::int64_t length = (elements.count - 1) * elements.stride;
  TransferReach reach{std::min<std::int64_t>(length, 0),
                      std::max<std::int64_t>(length, 0) + elements.bytes - 1};
  reach.first -= transfer.pad.left;
  reach.last += transfer.pad.right;
  const std::int64_t row = transfer.loops[2].local_stride;
  const std::int64_t above = -transfer.pad.top * row, below = transfer.pad.bottom * row;
  TransferReach image = reach_of(reach, transfer, &TransferLoop::local_stride);
  image.first += std::min({above, below, std::int64_t{0}});
  image.last += std::max({above, below, std::int64_t{0}});
  return image;
}

}  // namespace systolith
