// The PE-level model of the array: every register of every PE moves at every edge, as in hw/rtl,
// but written from the timing diagrams of hw/dataflow and not from the RTL. Integer formats.
#pragma once

#include <memory>

#include "hw/arch/machine.h"
#include "hw/array/stepped_array.h"
#include "hw/base/tile_operand.h"

namespace systolith {

// `stationary`: activations and weights are held alike.
std::unique_ptr<SteppedArray> make_pe_array(const ArrayConfig& array, TileOperand stationary,
                                            std::int64_t accumulator_rows);

}  // namespace systolith
