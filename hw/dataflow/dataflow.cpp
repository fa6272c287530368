#include "hw/dataflow/dataflow.h"

namespace systolith {

std::unique_ptr<Dataflow> dataflow_keeping(TileOperand operand, const ArrayConfig& array) {
  for (const std::string& name : array.dataflow) {
    auto dataflow = registration<Dataflow>(name).create(array);
    if (dataflow->stationary() == operand) return dataflow;
  }
  return nullptr;
}

std::array<bool, 3> kept_operands(const ArrayConfig& array) {
  std::array<bool, 3> kept{};
  for (const TileOperand operand :
       {TileOperand::weights, TileOperand::sums, TileOperand::activations})
    kept[static_cast<std::size_t>(operand)] = dataflow_keeping(operand, array) != nullptr;
  return kept;
}

}  // namespace systolith
