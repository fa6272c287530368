#include "compiler/passes/movement.h"

#include <algorithm>
#include <numeric>

#include "compiler/passes/graph_edit.h"
#include "models/ops/op.h"

namespace systolith {
namespace {

// Positions counted from 1, so that the 0 that Pad fills integer tensors with means "filled".
Tensor numbered(const Shape& shape) {
  Tensor tensor;
  tensor.type = DataType::int64;
  tensor.shape = shape;
  tensor.integers.resize(static_cast<std::size_t>(elements(shape)));
  std::iota(tensor.integers.begin(), tensor.integers.end(), std::int64_t{1});
  return tensor;
}

const Tensor* parameter(const Graph& graph, const Node& node, std::size_t index) {
  if (node.inputs[index].empty()) return nullptr;
  const Tensor* constant = find_constant(graph, node.inputs[index]);
  if (constant == nullptr)
    user_error("node '{}' ({}): operand '{}' is computed; only constant ones are supported",
               node.name, node.op, node.inputs[index]);
  return constant;
}

void set_fill(const Graph& graph, const Node& node, Moved& moved) {
  const auto filled = std::find(moved.from.begin(), moved.from.end(), Moved::kFilled);
  if (node.op != "Pad" || filled == moved.from.end()) return;
  moved.fills = true;
  moved.fill = attribute(node, "value", 0.0F);
  if (node.inputs.size() > 2)
    if (const Tensor* given = parameter(graph, node, 2)) moved.fill = given->floats.at(0);
}

// How far the step between the first two moves goes on.
std::size_t even_run(const std::vector<ElementMove>& moves, std::size_t begin, std::size_t end) {
  const std::int64_t from = moves[begin + 1].from - moves[begin].from;
  const std::int64_t to = moves[begin + 1].to - moves[begin].to;
  std::size_t i = begin + 1;
  while (i < end && moves[i].from - moves[i - 1].from == from &&
         moves[i].to - moves[i - 1].to == to)
    ++i;
  return i - begin;
}

bool repeats(const std::vector<ElementMove>& moves, std::size_t run) {
  if (moves.size() % run != 0) return false;
  for (std::size_t begin = run; begin < moves.size(); begin += run)
    for (std::size_t i = 1; i < run; ++i)
      if (moves[begin + i].from - moves[begin].from != moves[i].from - moves[0].from ||
          moves[begin + i].to - moves[begin].to != moves[i].to - moves[0].to)
        return false;
  return true;
}

// `loops` holds the inner loops found so far, outermost first; each move stands for all of them.
void find_pieces(std::vector<ElementMove> moves, CopyPiece loops, std::vector<CopyPiece>& pieces) {
  while (moves.size() > 1) {
    const std::size_t run = even_run(moves, 0, moves.size());
    if (!repeats(moves, run)) {
      const auto middle = moves.begin() + static_cast<std::ptrdiff_t>(run);
      find_pieces({moves.begin(), middle}, loops, pieces);
      find_pieces({middle, moves.end()}, loops, pieces);
      return;
    }
    loops.extent.insert(loops.extent.begin(), static_cast<std::int64_t>(run));
    loops.source_strides.insert(loops.source_strides.begin(), moves[1].from - moves[0].from);
    loops.destination_strides.insert(loops.destination_strides.begin(), moves[1].to - moves[0].to);
    for (std::size_t i = 0; i * run < moves.size(); ++i) moves[i] = moves[i * run];
    moves.resize(moves.size() / run);
  }
  if (moves.empty()) return;
  loops.source_offset = moves[0].from;
  loops.destination_offset = moves[0].to;
  if (loops.extent.empty()) {
    loops.extent = {1};
    loops.source_strides = loops.destination_strides = {1};
  }
  pieces.push_back(std::move(loops));
}

}  // namespace

Moved unmoved(const Graph& graph, const std::string& value) {
  Moved moved;
  moved.root = value;
  moved.from.resize(static_cast<std::size_t>(elements(shape_of(graph, value))));
  std::iota(moved.from.begin(), moved.from.end(), std::int64_t{0});
  return moved;
}

std::vector<Moved> move_elements(const Graph& graph, const Node& node, const Moved& input) {
  const Tensor numbers = numbered(shape_of(graph, node.inputs[0]));
  std::vector<const Tensor*> inputs = {&numbers};
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const bool fill = node.op == "Pad" && i == 2;
    inputs.push_back(fill ? nullptr : parameter(graph, node, i));
  }
  const std::vector<Tensor> outputs = op_of(node).evaluate(node, inputs, graph.opset);
  std::vector<Moved> results;
  for (const Tensor& output : outputs) {
    Moved moved = input;
    moved.from.clear();
    for (const std::int64_t number : output.integers)
      moved.from.push_back(number == 0 ? Moved::kFilled
                                       : input.from[static_cast<std::size_t>(number - 1)]);
    moved.name = node.name;
    moved.op += (moved.op.empty() ? "" : "+") + node.op;
    set_fill(graph, node, moved);
    results.push_back(std::move(moved));
  }
  return results;
}

std::vector<CopyPiece> strided_pieces(TensorId source, const std::vector<ElementMove>& moves) {
  std::vector<CopyPiece> pieces;
  CopyPiece empty;
  empty.source = source;
  find_pieces(moves, empty, pieces);
  return pieces;
}

}  // namespace systolith
