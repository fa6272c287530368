// A mapping file: how the user wants convolutions and matrix products cut and ordered, layer by
// layer, in place of the compiler's own search.
//
//   layers:
//     - layer: conv1                # a node's name, or the problem that it is:
//       problem: K256 C512 P28 Q28  # loops that it leaves out are 1
//       dram: P7                    # loops over tiles, outermost first
//       scratchpad: K16X            # X: across the array's columns
//       accumulator: K16 C32 Q7 C16X  # over array tiles; X: across the array's rows
//       array: Q4 P4                # output pixels that pass one array tile
//
// Loops are N batch (rows of a product, with P), K output channels, C input channels, P and Q
// columns and rows of the output, R and S columns and rows of the kernel. The factors of a loop
// over all levels cover the problem's extent.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/base/error.h"

namespace systolith {

enum class Loop : std::uint8_t { n, k, c, p, q, r, s };
inline constexpr std::size_t kLoops = 7;
using LoopExtents = std::array<std::int64_t, kLoops>;  // by Loop
char letter(Loop loop);

enum class MappingLevel : std::uint8_t { dram, scratchpad, accumulator, array };
inline constexpr std::array<const char*, 4> kMappingLevels = {"dram", "scratchpad", "accumulator",
                                                              "array"};

struct LoopFactor {
  Loop loop = Loop::n;
  std::int64_t factor = 1;
  bool spatial = false;
};

struct LayerMapping {
  SourcePosition where;
  std::string layer;                              // empty: every layer that is `problem`
  LoopExtents problem{1, 1, 1, 1, 1, 1, 1};       // of a nameless one
  std::array<std::vector<LoopFactor>, 4> levels;  // by MappingLevel, outermost first
  std::array<SourcePosition, 4> places;           // of the levels

  const std::vector<LoopFactor>& at(MappingLevel level) const {
    return levels[static_cast<std::size_t>(level)];
  }
  const SourcePosition& place(MappingLevel level) const {
    return places[static_cast<std::size_t>(level)];
  }
};

struct Mapping {
  std::vector<LayerMapping> layers;
};

// Throws UserError with file:line:column: no YAML, an unknown key, level, loop or factor, a loop
// across the array that its level has not, a layer given twice.
Mapping parse_mapping(const std::string& text, const std::string& file);
Mapping read_mapping(const std::string& path);

}  // namespace systolith
