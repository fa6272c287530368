// The command set: what the compiler emits and the machine executes. One stream per core; a
// command's index in its stream is its id. Engines take their commands in order; a command starts
// when every command it waits for has completed, on whichever core.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <variant>

#include "hw/arith/epilogue.h"
#include "hw/arith/format.h"
#include "hw/arith/requantize.h"
#include "hw/arith/sparsity.h"
#include "hw/base/tenant.h"
#include "hw/base/tile_operand.h"
#include "hw/base/units.h"

namespace systolith {

enum class CoreId : std::uint16_t {};
enum class LayerId : std::uint32_t {};  // index into Program::layers

struct CommandRef {
  CoreId core{};
  std::uint64_t index = 0;
  friend bool operator==(CommandRef a, CommandRef b) {
    return a.core == b.core && a.index == b.index;
  }
};

// Load: a system address (DRAM or a shared level) to the core's scratchpad. Store: back.
// `run` contiguous bytes of system memory, repeated under three loops (outermost first); count 1 =
// unused.
//
// In the scratchpad a run is contiguous, too, unless its elements of `element` bytes lie
// element_stride bytes apart: a transposition. half_bytes: codes of half a byte, two to a byte of
// system memory, the lower half first, are whole bytes in the scratchpad.
//
// A load may pad: every run has pad.left bytes of pad.value before and pad.right behind it, and
// what the innermost loop repeats, pad.top and pad.bottom such rows around it, local_stride apart.
struct TransferLoop {
  std::int64_t count = 1;
  std::int64_t system_stride = 0;  // bytes
  std::int64_t local_stride = 0;   // bytes
};
enum class HalfBytes : std::uint8_t { kept, int4, uint4 };
struct Padding {
  std::int32_t top = 0, left = 0, bottom = 0, right = 0;
  std::int32_t value = 0;  // of a byte

  bool any() const { return top != 0 || left != 0 || bottom != 0 || right != 0; }
};
struct Transfer {
  std::uint64_t system_address = 0;
  std::uint64_t local_address = 0;
  std::int64_t run = 0;
  std::array<TransferLoop, 3> loops;
  std::int32_t element = 0;  // 0: runs are contiguous
  std::int64_t element_stride = 0;
  HalfBytes half_bytes = HalfBytes::kept;
  Padding pad;

  std::int64_t bytes() const { return run * loops[0].count * loops[1].count * loops[2].count; }
};
struct Load : Transfer {};
struct Store : Transfer {};

// Which matrix of a tile's product stays in the PEs is each command's own (`stationary`); the array
// is empty before it goes from sums to another or back. A PE takes as many contraction indices at a
// time as the formats of both operands and the datapath's packing make (hw/arith/packing.h).

// weights: shifts a tile of weights from the scratchpad into the array's free plane.
// sums: a tile of weights for the next Matmul, which streams it past its sums, K = `rows` of any
// length; done when they have been read.
// activations: shifts a tile of activations into the free plane. `feed` says where they are: column
// c of the tile is its pixel c, array row r its contraction index k_begin + r. They pass a
// transposer on their way in; address, row_stride and transposed mean nothing (one block).
//
// blocks == 1: a dense tile of `rows` x `cols`, row r at address + r * row_stride.
// blocks > 1: that many dense tiles of (rows/blocks) x (cols/blocks) one after the other (each with
// row_stride between its rows), placed on the diagonal of a tile of rows x cols; the rest is zero.
// int4 weights lie two to a byte along a row. Where a PE takes p contraction indices at a time,
// array row r holds k = r p to r p + p - 1.
// sparsity n:m, n < m: N:M sparse weights (one block, not transposed, held): `rows`, a multiple of
// m, counts dense ones, of which rows n / m lie at `address`, and behind them their places
// (hw/arith/sparse_tile.h). Each array row takes the m activations of its weights' group and
// chooses one for each weight. transposed: the tile lies column by column, column c at address + c
// * row_stride, and passes a transposer on its way in (one block, formats of whole bytes). Where
// the streamed operand's element (m, r) is, so that a convolution needs no im2col copy. m counts
// out_n x out_h x out_w (row-major); array row r of block b takes contraction index k = k_begin +
// (r mod rows/blocks), which counts kernel_h x kernel_w x channels, channels fastest:
//   h = origin_h + oh * stride_h + kh * dilation_h,  w likewise,
//   address + n * image_stride + h * row_stride + w * pixel_stride
//           + b * channels * units_of(format) + c * units_of(format);
// outside 0 <= h < in_h, 0 <= w < in_w the feeder supplies pad_value and reads nothing.
// transposed: m and k change places. Streamed row m is what k is above (there are kernel_h x
// kernel_w x channels of them), and array row r takes pixel k_begin + r of what m is above; a
// transposer in front of the array reads pixel by pixel (one block, formats of whole bytes).
struct Feed {
  std::uint64_t address = 0;                                        // units (hw/arith/format.h):
  std::int64_t pixel_stride = 0, row_stride = 0, image_stride = 0;  // bytes, half bytes of int4
  std::int32_t in_h = 1, in_w = 1;
  std::int32_t origin_h = 0, origin_w = 0;
  std::int32_t out_n = 1, out_h = 1, out_w = 1;
  std::int32_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int32_t kernel_h = 1, kernel_w = 1, channels = 0;  // channels of one block
  std::int32_t k_begin = 0;
  std::int32_t pad_value = 0;
  bool transposed = false;

  std::int64_t pixels() const { return std::int64_t{out_n} * out_h * out_w; }
  std::int64_t contraction() const { return std::int64_t{kernel_h} * kernel_w * channels; }
  std::int64_t rows() const { return transposed ? contraction() : pixels(); }
};
constexpr Feed one_pixel() {
  Feed feed;
  feed.channels = 1;
  return feed;
}

struct Preload {
  std::uint64_t address = 0;    // scratchpad bytes
  std::int64_t row_stride = 0;  // bytes
  std::int32_t rows = 0;  // contraction length of the tile; held: 1..array rows x products per PE
  std::int32_t cols = 0;  // 1..array.cols
  std::int32_t blocks = 1;
  Format format = Format::int8;   // of the tile
  Format against = Format::int8;  // of what it is multiplied with
  bool transposed = false;
  TileOperand stationary = TileOperand::weights;
  Feed feed = one_pixel();
  Sparsity sparsity;
};

// Streams feed.rows() rows through the array. Streamed row m is summed into (accumulate) or
// replaces accumulator row accumulator_row + m, columns 0..cols-1. Where sums are stationary row m
// is array row m's, of at most as many as there are, and the oldest preloaded tile streams along
// (new_weights, one block). Where activations are, the streamed rows are the weights': row m is
// what the contraction has for output channel m, and the sums lie transposed.
struct Matmul {
  Feed feed;
  std::int32_t rows = 0;  // contraction length: array rows in use (of all blocks)
  std::int32_t cols = 0;
  std::int32_t blocks = 1;  // as in the Preload; useful MACs are feed.rows() * rows * cols / blocks
  std::int64_t accumulator_row = 0;
  bool accumulate = false;
  bool new_weights = true;  // swap to the oldest preloaded plane first; false: keep the current one
  Format format = Format::int8;  // of the streamed rows
  TileOperand stationary = TileOperand::weights;

  std::int64_t macs() const { return feed.rows() * rows * cols / blocks; }
};

enum class VectorFunction : std::uint8_t {
  map = 0,            // unary or binary, element by element
  pool_max = 1,       // window maximum; padding never wins
  pool_avg = 2,       // window mean
  lrn = 3,            // local response normalisation across channels
  softmax = 4,        // along the innermost dimension
  reduce_sum = 5,     // of a map's results, over the dimensions where the destination's stride is 0
  log_softmax = 6,    // along the innermost dimension
  one_hot = 7,        // 1 where the channel's number is a's value, else 0
  pool_max_grad = 8,  // b of each window goes to the window's largest element
};
enum class BinaryFunction : std::uint8_t { none = 0, add = 1, mul = 2, gate = 3 };
enum class Space : std::uint8_t { none = 0, scratchpad = 1, accumulator = 2 };

// A tensor operand. In the scratchpad, element (i0, i1, i2, c) is at address + sum of i * stride[i]
// + c * stride[3], in units (hw/arith/format.h): bytes, half bytes of int4. In the accumulators
// address and strides[0..2] count rows, and c is the column; transposed, address and c count rows
// and strides[0..2] columns. Stride 0 broadcasts. A written int4 element leaves the other half of
// its byte as it was.
struct Operand {
  Space space = Space::none;
  std::uint64_t address = 0;
  Format format = Format::int8;
  std::array<std::int64_t, 4> strides{};
  bool transposed = false;  // in the accumulators
};

struct Window {  // pooling, over dims 1 (h) and 2 (w) of the shape
  std::int32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
  std::int32_t dilation_h = 1, dilation_w = 1;
  std::int32_t origin_h = 0, origin_w = 0;  // input coordinate of output (0,0), tap (0,0); <= 0
  std::int32_t in_h = 1, in_w = 1;          // extent of operand a in dims 1 and 2
  bool count_padding = false;               // pool_avg divides by the kernel's size, padding too
};

// One pass of the vector unit over shape[0] x .. x shape[3] outputs. All arithmetic is fp32, in the
// order written in hw/arith/epilogue.h, which defines each function to the bit:
//   map:  y = scale_out * activation(scale_a[c] * float(a - zero_a + bias[c])  (op)
//         scale_b * float(b - zero_b)) / divisor; an absent bias is not added (so that -0
//         stays -0)
//   pool_max:  y = scale_a * float(max of a - zero_a), by max_value() from -infinity
//   pool_avg:  y = pool_mean(float(sum of (a - zero_a)), taps counted, scale_a)
//   lrn, softmax, log_softmax:  y = scale_out * f(scale_a * float(a - zero_a))
//   gate:  where map's other operand is not positive, 0 stands for a
//   reduce_sum:  y = y + map, from the destination (accumulate) or +0 on, in the order of the
//   shape;
//                the destination is fp32 and no two channels share a place
//   one_hot:  y = scale_out where float(a) == c, else 0
//   pool_max_grad:  shape and window are the pool's, a is its input, b what goes back; the
//                   destination, fp32, is addressed like a: destination = destination + b at each
//                   window's first largest tap (none where no tap is above -infinity)
// The result is rounded half to even into the destination's format (integers: + zero_out, then
// saturated).
// With another `rounding` a map of int32 into integers, with no activation or a clamp, is done in
// integers instead (hw/arith/requantize.h), the scale, which is exact in it, as a fixed multiplier:
//   code = min(max(scale_fixed(a - zero_a + bias[c], scale_a[c]) + zero_out, low), high)
// where low and high are the codes of the clamp's limits, or the format's.
struct VectorOp {
  VectorFunction function = VectorFunction::map;
  BinaryFunction binary = BinaryFunction::none;
  Activation activation = Activation::none;
  std::array<std::int32_t, 4> shape{1, 1, 1, 1};
  Operand destination, a, b;
  // Per-channel parameters in the scratchpad, one 4-byte word per channel; kAbsent where not used:
  // bias is int32 for integer accumulators, else fp32; scale (fp32) replaces scale_a.
  static constexpr std::uint64_t kAbsent = ~std::uint64_t{0};
  std::uint64_t bias_address = kAbsent;
  std::uint64_t scale_address = kAbsent;
  float scale_a = 1, scale_b = 1;
  float scale_out = 1;  // of map (where the activation is no clamp), lrn, softmax into integers
  std::int32_t zero_a = 0, zero_b = 0, zero_out = 0;
  float low = 0, high = 0;  // clamp's limits; leaky_relu, hard_sigmoid: alpha, beta
  Window window;            // pools
  std::int32_t lrn_size = 1;
  float lrn_alpha = 0, lrn_beta = 0, lrn_bias = 0;
  bool accumulate = false;                  // reduce_sum
  float divisor = 1;                        // map: where a scale's reciprocal would round otherwise
  Rounding rounding = Rounding::half_even;  // of map
};

// Does nothing but wait for its dependencies, so that others may wait for one command.
struct Sync {};

using Operation = std::variant<Load, Store, Preload, Matmul, VectorOp, Sync>;

// In the order of Operation's alternatives.
enum class Opcode : std::uint8_t { load, store, preload, matmul, vector, sync };
enum class Engine : std::uint8_t { load, store, weights, array, vector, control };
inline constexpr std::size_t kEngines = 6;

struct Command {
  std::uint64_t index = 0;  // in its core's stream
  CoreId core{};
  TenantId tenant{};
  LayerId layer{};
  boost::container::small_vector<CommandRef, 4> after;
  Operation operation;

  Opcode opcode() const { return static_cast<Opcode>(operation.index()); }
  Engine engine() const { return static_cast<Engine>(operation.index()); }
};

std::string_view to_string(Opcode opcode);
std::string_view to_string(
    Engine engine);  // "load", "store", "weights", "array", "vector", "control"

}  // namespace systolith
