// Scales and zero points of a matrix product's operands: of A (and the result) one for all or one
// per row, of B one for all or one per column.
#pragma once

#include "models/ops/integer_product.h"

namespace systolith {

// The parameter's shape as it broadcasts to the matrices: a vector of one value per row becomes a
// column. UserError naming the node where it is neither of the two.
Shape per_row(const Node& node, const Shape& parameter, const Shape& matrices);
Shape per_column(const Node& node, const Shape& parameter, const Shape& matrices);

// The codes less their zero point; null: 0.
Int32s centred_rows(const Node& node, const Tensor& a, const Tensor* zero_point);
Int32s centred_columns(const Node& node, const Tensor& b, const Tensor* zero_point);

}  // namespace systolith
