// Cycles of a vector operation: the machine takes them, the compiler's cost model asks for them.
//
//   outer x ceil(innermost / lanes) x passes + kVectorLatency
//
// outer = shape[0] x shape[1] x shape[2], innermost = shape[3] (one pixel's channels).
#pragma once

#include "hw/isa/command.h"

namespace systolith {

// Stages from an operand's read to the result's write: read, widen, add, multiply, add, activate,
// round, write.
inline constexpr Cycles kVectorLatency = Cycles(8);

// Trips through the lanes of an exponential: range reduction, two polynomial steps, scaling.
inline constexpr std::int64_t kExponential = 4;
// Of a square root or reciprocal: a table's estimate, two Newton steps of two trips each.
inline constexpr std::int64_t kRoot = 5;

// Trips beyond the one in which scale and comparison happen.
constexpr std::int64_t activation_passes(Activation activation) {
  switch (activation) {
    case Activation::sigmoid:
    case Activation::tanh:
    case Activation::exp:
      return kExponential;
    case Activation::sqrt:
    case Activation::rsqrt:
    case Activation::reciprocal:
      return kRoot;
    case Activation::square:
      return 1;
    default:
      return 0;
  }
}

// Of a division by a constant whose reciprocal is known, correctly rounded: the product's remainder
// and its correction, by fused multiply-add (Markstein, Computation of elementary functions on the
// IBM RISC System/6000 processor, IBM J. Res. Dev. 34(1), 1990).
inline constexpr std::int64_t kDivision = 2;

// Trips of an element through the lanes.
constexpr std::int64_t vector_passes(const VectorOp& op) {
  switch (op.function) {
    case VectorFunction::map:
    case VectorFunction::reduce_sum:
      return 1 + activation_passes(op.activation) + (op.divisor != 1 ? kDivision : 0);
    case VectorFunction::pool_max:
    case VectorFunction::pool_avg:
      return std::int64_t{op.window.kernel_h} * op.window.kernel_w;  // one tap a pass
    case VectorFunction::lrn:
      return op.lrn_size + 2 * kExponential;  // squares summed, then a power: ln and e^x
    case VectorFunction::softmax:
      return 2 + kExponential;  // maximum, e^x and sum, scale
    case VectorFunction::log_softmax:
      return 2 + 2 * kExponential;  // maximum, e^x and sum, ln, difference
    case VectorFunction::one_hot:
      return 1;
    case VectorFunction::pool_max_grad:  // the largest is looked for, then the taps added to
      return 2 * std::int64_t{op.window.kernel_h} * op.window.kernel_w;
  }
  return 1;
}

// Without kVectorLatency, which overlaps with nothing of the same engine.
constexpr Cycles vector_occupancy(const VectorOp& op, std::int64_t lanes) {
  const std::int64_t outer = std::int64_t{op.shape[0]} * op.shape[1] * op.shape[2];
  return Cycles(outer * ceil_div(op.shape[3], lanes) * vector_passes(op));
}

}  // namespace systolith
