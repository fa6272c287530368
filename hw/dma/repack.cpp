#include "hw/dma/repack.h"

#include <cstdlib>
#include <cstring>

#include "hw/arith/int4.h"
#include "hw/isa/transfer_reach.h"
#include "hw/memory/core_scratchpad.h"

namespace systolith {
namespace {

// Contiguous pieces of padding: calls visit(offset from local_address, bytes).
template <class Visit>
void for_each_piece(const Transfer& t, Visit visit) {
  const Padding& pad = t.pad;
  for (std::int64_t i = 0; i < t.loops[0].count; ++i)
    for (std::int64_t j = 0; j < t.loops[1].count; ++j) {
      const std::int64_t image = i * t.loops[0].local_stride + j * t.loops[1].local_stride;
      for (std::int64_t row = -pad.top; row < t.loops[2].count + pad.bottom; ++row) {
        const std::int64_t at = image + row * t.loops[2].local_stride;
        if (row < 0 || row >= t.loops[2].count) {
          visit(at - pad.left, pad.left + t.run + pad.right);
          continue;
        }
        if (pad.left > 0) visit(at - pad.left, std::int64_t{pad.left});
        if (pad.right > 0) visit(at + t.run, std::int64_t{pad.right});
      }
    }
}

}  // namespace

void scatter(const Transfer& transfer, const std::uint8_t* side_by_side, std::int64_t bytes,
             std::uint8_t* local) {
  const LocalElements elements = local_elements(transfer, bytes);
  const Format half = transfer.half_bytes == HalfBytes::int4 ? Format::int4 : Format::uint4;
  for (std::int64_t i = 0; i < elements.count; ++i, local += elements.stride) {
    if (transfer.half_bytes != HalfBytes::kept)
      *local = static_cast<std::uint8_t>(half_byte_at(side_by_side, i, half));
    else
      std::memcpy(local, side_by_side + i * elements.bytes,
                  static_cast<std::size_t>(elements.bytes));
  }
}

void gather(const Transfer& transfer, const std::uint8_t* local, std::int64_t bytes,
            std::uint8_t* side_by_side) {
  const LocalElements elements = local_elements(transfer, bytes);
  for (std::int64_t i = 0; i < elements.count; ++i, local += elements.stride) {
    if (transfer.half_bytes != HalfBytes::kept)
      set_int4(side_by_side, i, *local);
    else
      std::memcpy(side_by_side + i * elements.bytes, local,
                  static_cast<std::size_t>(elements.bytes));
  }
}

void write_padding(const Transfer& transfer, std::uint8_t* local) {
  for_each_piece(transfer, [&](std::int64_t offset, std::int64_t bytes) {
    std::memset(local + offset, transfer.pad.value, static_cast<std::size_t>(bytes));
  });
}

std::int64_t local_words(const Transfer& transfer, std::uint64_t address, std::int64_t bytes,
                         Bytes width) {
  const LocalElements elements = local_elements(transfer, bytes);
  const std::int64_t distance = std::abs(elements.stride);
  if (distance >= width.count() && elements.count > 1)
    return elements.count * words_touched(address, elements.bytes, width);
  return words_touched(address, (elements.count - 1) * distance + elements.bytes, width);
}

std::int64_t padding_words(const Transfer& transfer, Bytes width) {
  std::int64_t words = 0;
  for_each_piece(transfer, [&](std::int64_t offset, std::int64_t bytes) {
    words +=
        words_touched(transfer.local_address + static_cast<std::uint64_t>(offset), bytes, width);
  });
  return words;
}

}  // namespace systolith
