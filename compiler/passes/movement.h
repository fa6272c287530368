// Data movement as index maps: any chain of Reshape, Transpose, Slice, … is one map, and a map is
// few strided pieces.
#pragma once

#include <string>
#include <vector>

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// A value whose elements are another's, in ONNX order: element i is the root's element from[i], or
// `fill` where that is kFilled.
struct Moved {
  static constexpr std::int64_t kFilled = -1;

  std::string root;  // computed by a kernel, or a graph input
  std::vector<std::int64_t> from;
  bool fills = false;
  float fill = 0;
  std::string name;  // of the last node
  std::string op;    // "Reshape+Transpose"
};

// The outputs of a movement node over `input`. UserError where the movement depends on computed
// values.
std::vector<Moved> move_elements(const Graph& graph, const Node& node, const Moved& input);
// The input's own elements.
Moved unmoved(const Graph& graph, const std::string& value);

// One element's way, in elements of the storages.
struct ElementMove {
  std::int64_t from = 0, to = 0;
};

// Strided pieces that make exactly these moves. Regular maps (nested loops) give one piece.
std::vector<CopyPiece> strided_pieces(TensorId source, const std::vector<ElementMove>& moves);

}  // namespace systolith
