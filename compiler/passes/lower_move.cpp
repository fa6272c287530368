// Data movement, Concat, and what becomes of graph outputs.
#include <algorithm>
#include <numeric>

#include "compiler/kernels/layout.h"
#include "compiler/passes/lowering.h"

namespace systolith {
namespace {

std::vector<std::int64_t> counting(std::size_t count) {
  std::vector<std::int64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
  return numbers;
}

// Positions in the Concat's output (ONNX order) of the elements of its input number `index`.
std::vector<std::int64_t> concat_positions(const Graph& graph, const Node& node,
                                           std::size_t index) {
  const Shape& out = shape_of(graph, node.outputs[0]);
  const auto rank = static_cast<std::int64_t>(out.size());
  std::int64_t axis = attribute(node, "axis", std::int64_t{0});
  if (axis < 0) axis += rank;
  const auto dimension = static_cast<std::size_t>(axis);
  const std::int64_t inner = elements(Shape(out.begin() + axis + 1, out.end()));
  std::int64_t before = 0;
  for (std::size_t i = 0; i < index; ++i)
    before += shape_of(graph, node.inputs[i])[dimension] * inner;
  const std::int64_t run = shape_of(graph, node.inputs[index])[dimension] * inner;
  const std::int64_t row = out[dimension] * inner;
  std::vector<std::int64_t> positions;
  const std::int64_t count = elements(shape_of(graph, node.inputs[index]));
  for (std::int64_t i = 0; i < count; ++i) positions.push_back(i / run * row + before + i % run);
  return positions;
}

}  // namespace

Moved Lowering::moved_of(const std::string& value) const {
  const auto found = moved_.find(value);
  return found == moved_.end() ? unmoved(graph_, value) : found->second;
}

void Lowering::lower_movement(const Node& node) {
  Moved input = moved_of(node.inputs[0]);
  if (input.fills) {  // one fill to a copy: what was padded before is a tensor of its own
    use(node.inputs[0]);
    input = unmoved(graph_, node.inputs[0]);
  }
  const std::vector<Moved> outputs = move_elements(graph_, node, input);
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty()) moved_[node.outputs[i]] = outputs.at(i);
}

std::vector<std::int64_t> Lowering::storage_offsets(const std::string& value) const {
  const KernelTensor& tensor = result_.tensor(tensors_.at(value));
  const std::int64_t pitch = result_.tensor(tensor.storage).pitch();
  const Shape& shape = shape_of(graph_, value);
  const auto strides = physical_strides(shape);
  std::vector<std::int64_t> offsets = {0};
  for (std::size_t d = 0; d < shape.size(); ++d) {  // outermost first: ONNX order
    std::vector<std::int64_t> next;
    next.reserve(offsets.size() * static_cast<std::size_t>(shape[d]));
    for (const std::int64_t offset : offsets)
      for (std::int64_t i = 0; i < shape[d]; ++i) next.push_back(offset + i * strides[d]);
    offsets = std::move(next);
  }
  const std::int64_t channels = tensor.shape[3];
  for (std::int64_t& offset : offsets)
    offset = offset / channels * pitch + tensor.channel_offset + offset % channels;
  return offsets;
}

std::vector<CopyPiece> Lowering::pieces_into(const std::string& destination, const Moved& moved,
                                             const std::vector<std::int64_t>& positions) {
  const TensorId source = use(moved.root);
  const auto from = storage_offsets(moved.root), to = storage_offsets(destination);
  std::vector<ElementMove> moves;
  moves.reserve(positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i)
    if (moved.from[i] != Moved::kFilled)
      moves.push_back({from[static_cast<std::size_t>(moved.from[i])],
                       to[static_cast<std::size_t>(positions[i])]});
  std::sort(moves.begin(), moves.end(),
            [](const ElementMove& a, const ElementMove& b) { return a.to < b.to; });
  return strided_pieces(source, moves);
}

std::optional<TensorId> Lowering::as_view(const std::string& value, const Moved& moved) {
  if (moved.fills) return std::nullopt;
  const KernelTensor root = result_.tensor(use(moved.root));
  const std::int64_t pitch = result_.tensor(root.storage).pitch();
  KernelTensor view = describe(value);
  const std::int64_t pixels = view.shape[0] * view.shape[1] * view.shape[2];
  if (pixels != root.shape[0] * root.shape[1] * root.shape[2] || view.elements() == 0)
    return std::nullopt;
  // Where a dense tensor of this shape has its elements, and where they really are.
  const auto root_offsets = storage_offsets(moved.root);
  view.storage = root.storage;
  const auto at = [&](std::size_t i) {
    return root_offsets[static_cast<std::size_t>(moved.from[i])];
  };
  view.channel_offset = at(0);
  if (view.channel_offset + view.shape[3] > pitch) return std::nullopt;
  if (view.channel_offset % units_per_byte(view.format) != 0) return std::nullopt;
  if (view.shape == root.shape && view.channel_offset == root.channel_offset) {
    tensors_[value] = tensors_.at(moved.root);
  } else {
    tensors_[value] = add_tensor(view);
  }
  const auto wanted = storage_offsets(value);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == at(i)) continue;
    if (tensors_.at(value) != tensors_.at(moved.root)) result_.tensors.pop_back();
    tensors_.erase(value);
    return std::nullopt;
  }
  return tensors_.at(value);
}

TensorId Lowering::materialize(const std::string& value) {
  const Moved& moved = moved_.at(value);
  if (const auto view = as_view(value, moved)) return *view;
  CopyKernel copy;
  copy.output = define(value);
  copy.fills = moved.fills;
  copy.fill = double{moved.fill};
  copy.pieces = pieces_into(value, moved, counting(moved.from.size()));
  result_.kernels.push_back({moved.name, moved.op, 0, std::move(copy)});
  return tensors_.at(value);
}

void Lowering::lower_concat(const Node& node) {
  CopyKernel copy;
  copy.output = define(node.outputs[0]);
  std::int64_t channel = 0;
  const std::size_t axis = channel_axis(shape_of(graph_, node.outputs[0]));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const std::string& input = node.inputs[i];
    const auto placed = placements_.find(input);
    const bool in_place = placed != placements_.end() && placed->second.inside == node.outputs[0] &&
                          placed->second.channel == channel;
    channel += shape_of(graph_, input)[axis];
    if (in_place) continue;
    Moved moved = moved_of(input);
    if (moved.fills) {
      use(input);
      moved = unmoved(graph_, input);
    }
    for (CopyPiece& piece : pieces_into(node.outputs[0], moved, concat_positions(graph_, node, i)))
      copy.pieces.push_back(std::move(piece));
  }
  if (!copy.pieces.empty()) emit(node, "Concat", 0, std::move(copy));
}

void Lowering::lower_outputs() {
  for (const std::string& output : graph_.outputs) {
    const TensorId id = use(output);
    KernelTensor& tensor = result_.tensor(id);
    const bool own =
        tensor.storage == id && !tensor.is_input && !tensor.is_output && !tensor.is_constant();
    if (own && (tensor.format == Format::fp32 || options_.quantize_outputs)) {
      tensor.name = output;
      tensor.logical_shape = shape_of(graph_, output);
      tensor.is_output = true;
      continue;
    }
    KernelTensor copy = describe(output);
    copy.format = Format::fp32;
    copy.quantization = {};
    copy.is_output = true;
    if (tensor.name == output && !tensor.is_input && !tensor.is_output) tensor.name += "/stored";
    MapKernel map;  // to real values; multiplying fp32 by 1 is a copy
    map.a = id;
    map.scale_a = static_cast<float>(scale_of(output));
    map.output = add_tensor(std::move(copy));
    result_.kernels.push_back({output, "Output", 0, map});
  }
}

}  // namespace systolith
