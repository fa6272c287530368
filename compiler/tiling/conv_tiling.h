// How one convolution is cut into tiles that fit the core.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/kernels/kernel_graph.h"
#include "compiler/tiling/mapping.h"
#include "hw/arch/machine.h"
#include "hw/base/tile_operand.h"

namespace systolith {

// A convolution's extents, with what its operands cost where. Resident operands lie in the
// scratchpad already and take no buffer and no DRAM traffic.
struct ConvProblem {
  std::int64_t batch = 1, in_h = 1, in_w = 1, out_h = 1, out_w = 1;
  std::int64_t groups = 1, group_in = 1, group_out = 1;  // channels of one group
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  // As stored.
  Format input = Format::int8, weights = Format::int8, output = Format::int8;
  Format staged = Format::int8;    // the convolution's own result under a fused pool
  std::optional<Format> residual;  // none, or resident: no buffer
  // Tiles' outputs begin and end at multiples of so many channels, or at the last one: whole bytes
  // of output and residual. (Those of the input follow from its format.)
  std::int64_t out_unit = 1;
  Sparsity sparsity;          // of the weights, as the array takes it where it holds them
  bool walked = false;        // weights as ConvKernel::walk has them: one group at a time
  std::int64_t channels = 0;  // that a tile must take at a time; 0: any number
  bool input_resident = false, output_resident = false, pooled = false;
  std::int64_t pooled_pixels = 0;  // of one image, behind a fused pool

  std::int64_t taps() const { return kernel[0] * kernel[1]; }
  // Input rows (dimension 0) or columns (1) under `count` output ones.
  std::int64_t reach(std::size_t dimension, std::int64_t count) const {
    return (count - 1) * stride[dimension] + (kernel[dimension] - 1) * dilation[dimension] + 1;
  }

  auto key() const {
    return std::tie(batch, in_h, in_w, out_h, out_w, groups, group_in, group_out, kernel, stride,
                    dilation, input, weights, output, staged, residual, out_unit, input_resident,
                    output_resident, pooled, pooled_pixels, walked, channels, sparsity);
  }
};
inline bool operator<(const ConvProblem& a, const ConvProblem& b) { return a.key() < b.key(); }
// Without the kernel's own pooling, if any: add_pool() adds it.
ConvProblem conv_problem(const KernelGraph& graph, const ConvKernel& conv);
void add_pool(ConvProblem& problem, const PoolSpec& pool);

// Where a mapping says how: the order of tiles, and of array tiles within one.
struct MappedLoops {
  std::array<std::int64_t, 2> taps{1, 1};  // kernel rows and columns of a tile
  std::int64_t rows = 1, cols = 1;         // of the array in use
  std::vector<LoopFactor> tiles;           // loops over tiles, outermost first
  std::vector<LoopFactor> products;        // loops over array tiles, outermost first
};

// One item covers batch x height x width output pixels of `groups` groups x `columns` channels, for
// `channels` input channels of each. Either groups == 1, or columns == group_out and channels ==
// group_in: small groups side by side (blocks > 1), or one after the other where a single one's
// channels would end within a byte.
struct ConvTiling {
  TileOperand stationary = TileOperand::weights;  // in the array
  std::int64_t batch = 1, height = 1, width = 1;
  std::int64_t groups = 1, columns = 1, channels = 1;
  std::int64_t blocks = 1;     // groups side by side in one array tile
  bool weights_outer = false;  // loop order: weights stay while pixels pass, or the reverse
  // Bytes of one buffer of each kind; 0 where not needed.
  std::int64_t weight_bytes = 0, input_bytes = 0, output_bytes = 0, residual_bytes = 0,
               staging_bytes = 0;
  bool weights_apart = false;    // weight buffers are in a scratchpad of their own,
  std::int64_t table_bytes = 0;  // and a tile's biases and scales in a buffer of the common one
  int slots = 2;                 // buffers of each kind but staging
  int sum_sets = 2;              // parts of the accumulators that tiles take in turn
  std::optional<MappedLoops> mapped;
  double cost = 0;  // estimated cycles

  std::int64_t pixels() const { return batch * height * width; }
  // Of the common scratchpad, and of the weights'.
  std::int64_t footprint() const {
    const std::int64_t weights = weights_apart ? table_bytes : weight_bytes;
    return slots * (weights + input_bytes + output_bytes + residual_bytes) + staging_bytes;
  }
  std::int64_t weight_footprint() const { return weights_apart ? slots * weight_bytes : 0; }
};

// How much of a product one command of the array takes, as far as the problem goes.
struct TileLimits {
  std::int64_t contraction = 0, channels = 0, pixels = 0;
};
TileLimits tile_limits(const Machine& machine, const ConvProblem& problem, TileOperand stationary);
// Whether an array tile of weights is stored with zeros up to the array's rows and columns, and the
// bytes that it then takes.
bool stores_whole_tiles(const Machine& machine, const ConvProblem& problem, TileOperand stationary);
std::int64_t whole_tile_bytes(const Machine& machine, const ConvProblem& problem);

// Bytes of scratchpad, rows of accumulators and, where weights are apart, bytes of their scratchpad
// that a tile may use.
struct TileBudget {
  std::int64_t scratchpad = 0, accumulator_rows = 0, weights = 0;

  bool holds(const ConvTiling& t) const {
    return t.footprint() <= scratchpad && t.weight_footprint() <= weights;
  }
};

// The weights of a tile, whose array tiles take `stored` bytes, with a table of bias and scale for
// its output channels.
void size_weights(const Machine& machine, std::int64_t stored, std::int64_t outputs,
                  ConvTiling& tiling);

// The cheapest tiling. UserError naming the layer, what its smallest tile needs and what there is.
ConvTiling tile_conv(const std::string& layer, const ConvProblem& problem, const Machine& machine,
                     const TileBudget& budget);
// tile_conv() for many layers and budgets: what is found for a problem holds for every budget
// between what the tiling takes and what it was found for, and is not searched again.
class TilingMemo {
 public:
  // `machine` must outlive this.
  explicit TilingMemo(const Machine& machine) : machine_(machine) {}
  const ConvTiling& tile(const std::string& layer, const ConvProblem& problem,
                         const TileBudget& budget);

 private:
  struct Found {
    TileBudget budget;
    ConvTiling tiling;
  };
  const Machine& machine_;
  std::map<ConvProblem, std::vector<Found>> found_;
};

// Whether any tiling fits.
bool fits(const ConvProblem& problem, const Machine& machine, const TileBudget& budget);

}  // namespace systolith
