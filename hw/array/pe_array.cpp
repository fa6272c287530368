#include "hw/array/pe_array.h"

#include "hw/array/output_pe_array.h"
#include "hw/array/stationary_pe_array.h"

namespace systolith {

std::unique_ptr<SteppedArray> make_pe_array(const ArrayConfig& array, TileOperand stationary,
                                            std::int64_t accumulator_rows) {
  if (stationary == TileOperand::sums)
    return std::make_unique<OutputPeArray>(array, accumulator_rows);
  return std::make_unique<StationaryPeArray>(array, accumulator_rows);
}

}  // namespace systolith
