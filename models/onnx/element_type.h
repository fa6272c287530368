// ONNX's element types and what the graph makes of them.
#pragma once

#include "models/graph/graph.h"

namespace systolith {

struct ElementType {
  int number;  // TensorProto.DataType
  const char* name;
  std::size_t bits;   // of one element in raw or external data
  DataType imported;  // holds every value (doubles: the nearest)
};

// UserError where the graph has nothing for it; `what` says whose type it is ("tensor 'w'").
const ElementType& element_type(int number, const std::string& what);

// TensorProto.DataType of a graph's type.
int onnx_type(DataType type);

}  // namespace systolith
