// The shapes of a matrix product as in NumPy: leading dimensions broadcast, vectors are promoted.
#pragma once

#include "models/ops/sgemm.h"
#include "models/ops/support.h"

namespace systolith {

struct MatMulShape {
  // UserError naming the node where the shapes don't agree.
  MatMulShape(const Node& node, Shape a, Shape b);

  SgemmExtent extent;
  Shape batch_a, batch_b, batch;
  Shape matrices;  // [batch, m, n]
  Shape shape;     // of the result: without the dimensions that vectors were promoted by
};

}  // namespace systolith
