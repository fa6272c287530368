#include "models/ops/mat_mul_shape.h"

#include "models/ops/broadcast.h"

namespace systolith {

MatMulShape::MatMulShape(const Node& node, Shape a, Shape b) {
  if (a.empty() || b.empty())
    op_error(node, "A {} and B {} must not be scalars", to_string(a), to_string(b));
  const bool vector_a = a.size() == 1;
  const bool vector_b = b.size() == 1;
  const std::string message = fmt::format("A {} and B {} don't agree", to_string(a), to_string(b));
  if (vector_a) a.insert(a.begin(), 1);
  if (vector_b) b.push_back(1);
  extent = {a[a.size() - 2], b.back(), a.back()};
  if (b[b.size() - 2] != extent.k) op_error(node, "{}", message);
  batch_a.assign(a.begin(), a.end() - 2);
  batch_b.assign(b.begin(), b.end() - 2);
  batch = broadcast_shape(node, batch_a, batch_b);
  shape = matrices = batch;
  matrices.insert(matrices.end(), {extent.m, extent.n});
  if (!vector_a) shape.push_back(extent.m);
  if (!vector_b) shape.push_back(extent.n);
}

}  // namespace systolith
