#include "models/ops/spatial.h"

#include <algorithm>
#include <optional>

#include "hw/base/units.h"
#include "models/ops/support.h"

namespace systolith {
namespace {

// Larger attributes mean a damaged model; the limit keeps the arithmetic below from overflowing.
constexpr std::int64_t kLargest = std::int64_t{1} << 31;

std::vector<std::int64_t> checked_list(const Node& node, const std::string& name,
                                       std::size_t length, std::int64_t smallest,
                                       std::int64_t fallback) {
  auto values = attribute(node, name, std::vector<std::int64_t>{});
  if (values.empty()) values.assign(length, fallback);
  if (values.size() != length)
    op_error(node, "attribute '{}' has {} values, needs {}", name, values.size(), length);
  for (const std::int64_t value : values)
    if (value < smallest || value > kLargest)
      op_error(node, "attribute '{}' holds {} (allowed: {} to {})", name, value, smallest,
               kLargest);
  return values;
}

// One or two values, of the last dimensions; the height's place is filled with `height`.
std::array<std::int64_t, 2> pair(const std::vector<std::int64_t>& values, std::int64_t height) {
  if (values.size() == 1) return {height, values[0]};
  return {values[0], values[1]};
}

void check_rank(const Node& node, const Shape& input) {
  if (input.size() != 3 && input.size() != 4)
    op_error(node,
             "input of shape {} must have 1 or 2 spatial dimensions ([N, C, W] or "
             "[N, C, H, W])",
             to_string(input));
}

SpatialGeometry with_attributes(const Node& node, const Shape& input,
                                const std::vector<std::int64_t>& kernel) {
  SpatialGeometry g;
  const std::size_t rank = input.size() - 2;
  g.rank = static_cast<int>(rank);
  g.input = pair({input.begin() + 2, input.end()}, 1);
  for (const std::int64_t extent : g.input)
    if (extent < 1 || extent > kLargest)
      op_error(node, "input of shape {} has no elements or too many", to_string(input));
  g.kernel = pair(kernel, 1);
  g.strides = pair(checked_list(node, "strides", rank, 1, 1), 1);
  g.dilations = pair(checked_list(node, "dilations", rank, 1, 1), 1);
  const auto pads = checked_list(node, "pads", 2 * rank, 0, 0);
  if (rank == 1)
    g.pads = {0, pads[0], 0, pads[1]};
  else
    g.pads = {pads[0], pads[1], pads[2], pads[3]};
  return g;
}

enum class Padding { explicit_, same_upper, same_lower, valid };

Padding padding_of(const Node& node) {
  const auto text = attribute(node, "auto_pad", std::string("NOTSET"));
  if (text == "NOTSET" || text.empty()) return Padding::explicit_;
  if (text == "SAME_UPPER") return Padding::same_upper;
  if (text == "SAME_LOWER") return Padding::same_lower;
  if (text == "VALID") return Padding::valid;
  op_error(node, "auto_pad '{}' is unknown (allowed: NOTSET, SAME_UPPER, SAME_LOWER, VALID)", text);
}

// SAME: ceil(in / stride) outputs; the padding that needs, split in halves, an odd one at the end
// (upper) or the beginning (lower).
void pad_same(SpatialGeometry& g, int dim, bool upper) {
  g.out[dim] = ceil_div(g.input[dim], g.strides[dim]);
  const std::int64_t extent = (g.kernel[dim] - 1) * g.dilations[dim] + 1;
  const std::int64_t total =
      std::max<std::int64_t>(0, (g.out[dim] - 1) * g.strides[dim] + extent - g.input[dim]);
  g.pads[dim] = upper ? total / 2 : total - total / 2;
  g.pads[dim + 2] = total - g.pads[dim];
}

void place_windows(const Node& node, SpatialGeometry& g, int dim, bool ceil_mode) {
  const std::int64_t extent = (g.kernel[dim] - 1) * g.dilations[dim] + 1;
  const std::int64_t padded = g.input[dim] + g.pads[dim] + g.pads[dim + 2];
  if (extent > padded)
    op_error(node, "kernel [{}] with dilations [{}] is larger than the input of {} with pads [{}]",
             fmt::join(g.kernel, ", "), fmt::join(g.dilations, ", "),
             to_string(Shape(g.input.begin(), g.input.end())), fmt::join(g.pads, ", "));
  const std::int64_t slack = padded - extent;
  const std::int64_t steps = ceil_mode ? ceil_div(slack, g.strides[dim]) : slack / g.strides[dim];
  g.out[dim] = steps + 1;
  if (ceil_mode && steps * g.strides[dim] >= g.input[dim] + g.pads[dim]) --g.out[dim];
}

void place(const Node& node, SpatialGeometry& g, bool ceil_mode) {
  const Padding padding = padding_of(node);
  if (padding == Padding::valid) g.pads = {0, 0, 0, 0};
  for (int dim = 0; dim < 2; ++dim) {
    if (padding == Padding::same_upper || padding == Padding::same_lower)
      pad_same(g, dim, padding == Padding::same_upper);
    else  // VALID has nothing beyond the input to round up into
      place_windows(node, g, dim, ceil_mode && padding == Padding::explicit_);
  }
}

}  // namespace

Shape SpatialGeometry::output_shape(std::int64_t batch, std::int64_t channels) const {
  if (rank == 1) return {batch, channels, out[1]};
  return {batch, channels, out[0], out[1]};
}

Taps taps_at(const SpatialGeometry& g, int dim, std::int64_t o) {
  const std::int64_t dilation = g.dilations[dim];
  const auto taps_below = [&](std::int64_t distance) {
    return std::clamp<std::int64_t>(ceil_div(std::max<std::int64_t>(distance, 0), dilation), 0,
                                    g.kernel[dim]);
  };
  Taps taps;
  taps.first = o * g.strides[dim] - g.pads[dim];
  taps.begin = taps_below(-taps.first);
  taps.end = std::max(taps.begin, taps_below(g.input[dim] - taps.first));
  taps.padded_end = taps_below(g.input[dim] + g.pads[dim + 2] - taps.first);
  return taps;
}

namespace {

std::vector<std::int64_t> kernel_of(const Node& node, const Shape& input, const Shape& weights) {
  check_rank(node, input);
  if (weights.size() != input.size())
    op_error(node, "weights {} and input {} must have the same rank", to_string(weights),
             to_string(input));
  const std::vector<std::int64_t> kernel(weights.begin() + 2, weights.end());
  const auto declared = attribute(node, "kernel_shape", kernel);
  if (!declared.empty() && declared != kernel)
    op_error(node, "kernel_shape [{}] doesn't match weights {}", fmt::join(declared, ", "),
             to_string(weights));
  for (const std::int64_t extent : kernel)
    if (extent < 1) op_error(node, "weights {} have no elements", to_string(weights));
  return kernel;
}

// The output's extent along a dimension; sets the pads where they follow from it. ONNX splits an
// odd padding like SAME_UPPER only where asked to; beyond the kernel's reach nothing is padded.
std::int64_t transposed_extent(const Node& node, SpatialGeometry& g, int dim, std::int64_t beyond,
                               std::optional<std::int64_t> wanted) {
  const Padding padding = padding_of(node);
  const std::int64_t reach =
      g.strides[dim] * (g.out[dim] - 1) + (g.kernel[dim] - 1) * g.dilations[dim] + 1 + beyond;
  const bool same = padding == Padding::same_upper || padding == Padding::same_lower;
  if (!wanted && same) wanted = g.out[dim] * g.strides[dim];
  if (padding == Padding::valid) g.pads = {0, 0, 0, 0};
  if (!wanted) return reach - g.pads[dim] - g.pads[dim + 2];
  const std::int64_t total = std::max<std::int64_t>(0, reach - *wanted);
  g.pads[dim] = padding == Padding::same_upper ? total / 2 : total - total / 2;
  g.pads[dim + 2] = total - g.pads[dim];
  return *wanted;
}

}  // namespace

SpatialGeometry conv_geometry(const Node& node, const Shape& input, const Shape& weights) {
  SpatialGeometry g = with_attributes(node, input, kernel_of(node, input, weights));
  place(node, g, false);
  return g;
}

void check_conv_channels(const Node& node, const Shape& x, const Shape& w) {
  const std::int64_t groups = attribute(node, "group", std::int64_t{1});
  if (groups < 1) op_error(node, "group {} must be at least 1", groups);
  if (w[0] < 1 || w[1] < 1) op_error(node, "weights {} have no elements", to_string(w));
  if (x[1] % groups != 0 || x[1] / groups != w[1])
    op_error(node, "input {} has {} channels, but weights {} with group {} take {} in each group",
             to_string(x), x[1], to_string(w), groups, w[1]);
  if (w[0] % groups != 0)
    op_error(node, "the {} output channels of weights {} can't be split into {} groups", w[0],
             to_string(w), groups);
}

SpatialGeometry conv_transpose_geometry(const Node& node, const Shape& input,
                                        const Shape& weights) {
  SpatialGeometry g = with_attributes(node, input, kernel_of(node, input, weights));
  g.out = g.input;
  const std::size_t rank = input.size() - 2;
  const auto beyond = pair(checked_list(node, "output_padding", rank, 0, 0), 0);
  const bool has_shape = node.attributes.count("output_shape") != 0;
  const auto wanted = pair(checked_list(node, "output_shape", rank, 1, 1), 1);
  for (int dim = 2 - g.rank; dim < 2; ++dim) {
    g.input[dim] = transposed_extent(node, g, dim, beyond[dim],
                                     has_shape ? std::optional(wanted[dim]) : std::nullopt);
    if (g.input[dim] < 1)
      op_error(node, "nothing is left of the output inside pads [{}]", fmt::join(g.pads, ", "));
  }
  return g;
}

SpatialGeometry pool_geometry(const Node& node, const Shape& input) {
  if (node.attributes.count("kernel_shape") == 0)
    op_error(node, "attribute 'kernel_shape' is missing");
  check_rank(node, input);
  SpatialGeometry g =
      with_attributes(node, input, checked_list(node, "kernel_shape", input.size() - 2, 1, 1));
  place(node, g, attribute(node, "ceil_mode", std::int64_t{0}) != 0);
  return g;
}

}  // namespace systolith
