#include "hw/dataflow/dataflow.h"

namespace systolith {

std::unique_ptr<Dataflow> dataflow_keeping(TileOperand operand, const ArrayConfig& array) {
  for (const std::string& name : array.dataflow) {
    auto dataflow = registration<Dataflow>(name).create(array);
    if (dataflow->stationary() == operand) return dataflow;
  }
  return nullptr;
}

}  // namespace systolith
