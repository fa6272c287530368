// What the code generators of all kernels share.
#pragma once

#include "compiler/codegen/placement.h"
#include "traces/format/program.h"

namespace systolith {

// Constants packed into DRAM behind the tensors, in the order of their loads.
class ConstantPool {
 public:
  ConstantPool(std::uint64_t begin, bool with_values) : next_(begin), with_values_(with_values) {}

  bool with_values() const { return with_values_; }
  // Space for `bytes`, aligned to a burst; the address.
  std::uint64_t allocate(std::int64_t bytes);
  // The contents of an allocation, when compiled with values.
  void fill(std::uint64_t address, std::vector<std::uint8_t> bytes);

  std::uint64_t end() const { return next_; }
  std::vector<ProgramData> take() { return std::move(data_); }

 private:
  std::uint64_t next_;
  bool with_values_;
  std::vector<ProgramData> data_;
};

struct CodegenContext {
  const Machine& machine;
  const KernelGraph& graph;
  const Placement& placement;
  ConstantPool& constants;
  std::size_t kernel = 0;                     // being generated
  std::vector<std::int64_t> accumulator_use;  // tiles so far per core: which half is next

  LayerId layer() const { return static_cast<LayerId>(kernel); }
  std::size_t cores() const { return static_cast<std::size_t>(machine.core.count); }
  View view(TensorId id) const { return view_of(graph, placement, id); }
  // Where a kernel's buffers of `footprint` bytes begin: consecutive kernels take opposite ends of
  // the streaming region, so that one's first loads need not wait for the other's last tile.
  std::uint64_t buffer_base(std::int64_t footprint) const;
  // Where the weight buffers of a convolution begin, whose others begin at `common`: consecutive
  // kernels take opposite ends of a scratchpad for weights, too.
  std::uint64_t weight_base(const struct ConvTiling& tiling, std::uint64_t common) const;
  KernelItems empty_items(TensorId output) const;
};

// The share [begin, end) of `count` units that falls to a core.
struct Share {
  std::int64_t begin, end;
};
Share share_of(std::int64_t count, std::size_t core, std::size_t cores);

// Per kernel kind: the items of every core. Adds the layer's weight bytes to `layer`.
KernelItems generate_conv(CodegenContext& context, const ConvKernel& conv, const struct ConvTiling&,
                          ProgramLayer& layer);
KernelItems generate_weight_grad(CodegenContext& context, const WeightGradKernel& kernel,
                                 const struct WeightGradTiling& tiling);
KernelItems generate_chain(CodegenContext& context, const ChainKernel& chain);
KernelItems generate_rows(CodegenContext& context, const PoolGradKernel& kernel);
KernelItems generate_map(CodegenContext& context, const MapKernel& map, ProgramLayer& layer);
KernelItems generate_rows(CodegenContext& context, const PoolKernel& pool);
KernelItems generate_rows(CodegenContext& context, const LrnKernel& lrn);
KernelItems generate_rows(CodegenContext& context, const SoftmaxKernel& softmax);
KernelItems generate_copy(CodegenContext& context, const CopyKernel& copy, ProgramLayer& layer);

// The pooling as one vector command from `in` (a box of which is at hand) to `out`.
VectorOp pool_op(const PoolSpec& pool, const View& in, std::int64_t in_row_begin, const View& out,
                 std::int64_t out_row_begin);
// A view as an operand, in units (hw/arith/format.h).
Operand operand(const View& view);

}  // namespace systolith
