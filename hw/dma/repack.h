// What a DMA engine does to bytes on their way besides moving them: transposing, widening half
// bytes, padding (hw/isa/command.h).
#pragma once

#include <cstdint>

#include "hw/isa/command.h"

namespace systolith {

// `bytes` of one run, side by side as in system memory, to and from the places of their elements;
// `local`: that of the first.
void scatter(const Transfer& transfer, const std::uint8_t* side_by_side, std::int64_t bytes,
             std::uint8_t* local);
void gather(const Transfer& transfer, const std::uint8_t* local, std::int64_t bytes,
            std::uint8_t* side_by_side);

// All that a load pads; `local`: the byte at its local_address.
void write_padding(const Transfer& transfer, std::uint8_t* local);

// Words of `width` bytes that `bytes` of a run take from `address` on in the scratchpad, and that a
// load's padding takes.
std::int64_t local_words(const Transfer& transfer, std::uint64_t address, std::int64_t bytes,
                         Bytes width);
std::int64_t padding_words(const Transfer& transfer, Bytes width);

}  // namespace systolith
