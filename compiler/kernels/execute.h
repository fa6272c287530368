// One kernel on whole tensors: what interpret() is made of.
#pragma once

#include "compiler/kernels/rows.h"

namespace systolith {

struct ConvOperands {
  TensorRows input, weights, output;
  TensorRows residual;  // tensor null: none
};

// `format`: of the array's operands and of a value that a fused pooling takes up.
void execute_conv(const ConvKernel& conv, Format format, const ConvOperands& operands);
void execute_map(const MapKernel& map, const TensorRows& a, const TensorRows& b,
                 const TensorRows& output);  // b's tensor null: none
void execute_pool(const PoolSpec& pool, const TensorRows& input, const TensorRows& output);
void execute_lrn(const LrnKernel& lrn, const TensorRows& input, const TensorRows& output);
void execute_softmax(const TensorRows& input, const TensorRows& output);
void execute_copy(const CopyKernel& copy, const std::vector<TensorRows>& sources,
                  const TensorRows& output);

}  // namespace systolith
