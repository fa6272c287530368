// A convolution's contraction in the order it is summed, and its operands laid out in that order.
#pragma once

#include <vector>

#include "compiler/kernels/rows.h"

namespace systolith {

// Some input channels at one kernel position.
struct Segment {
  std::int64_t kh = 0, kw = 0, channel = 0, count = 0;
};

struct Contraction {
  std::vector<Segment> segments;
  std::vector<std::int64_t> run_ends;  // where a run of k_rows ends, in summing order
  std::int64_t length = 0;
};

// ConvKernel::k_channels and k_rows over `channels` input channels of a group.
Contraction contraction_of(const ConvKernel& conv, std::int64_t channels);

// Output height and width of the convolution itself.
std::array<std::int64_t, 2> conv_extent(const ConvKernel& conv, const KernelTensor& input);

// The input's codes under output pixels [begin, end) of a group's channels, one row of `stride`
// elements each, as raw codes (integers) or values (floats); `pad` outside the image.
template <class T>
void gather_rows(const ConvKernel& conv, const TensorRows& input, const Contraction& contraction,
                 std::int64_t group, std::int64_t begin, std::int64_t end, T pad,
                 std::int64_t stride, T* rows);

}  // namespace systolith
