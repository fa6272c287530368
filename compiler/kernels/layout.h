// Logical (ONNX) shapes and physical (NHWC) ones.
#pragma once

#include <array>

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// n, h, w, c of a logical shape, as KernelTensor::shape says.
std::array<std::int64_t, 4> physical_shape(const Shape& logical, Layout layout = Layout::nhwc);

// Elements between neighbours in each logical dimension of a dense tensor in physical order.
std::vector<std::int64_t> physical_strides(const Shape& logical, Layout layout = Layout::nhwc);

}  // namespace systolith
