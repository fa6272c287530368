// A two-dimensional mesh, `columns` wide; the last row may be short. Packets go along their row
// first, then along the column (XY), which admits no cycle; out of a short last row, where the row
// does not reach the column, along the column first.
#include <map>

#include "hw/noc/packet_interconnect.h"

namespace systolith {
namespace {

std::size_t columns_of(const TopologySpec& spec) {
  if (spec.config.columns > 0) return static_cast<std::size_t>(spec.config.columns);
  std::size_t columns = 1;
  while (columns * columns < spec.nodes) ++columns;
  return columns;
}

Topology mesh_of(const TopologySpec& spec) {
  const std::size_t columns = columns_of(spec);
  Topology mesh;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> link_between;
  const auto add = [&](std::size_t a, std::size_t b) {
    link_between[{a, b}] = mesh.links.size();
    mesh.links.push_back(
        {fmt::format("{},{} -> {},{}", a % columns, a / columns, b % columns, b / columns),
         spec.config.hop_latency, spec.config.width.count(), spec.config.buffer});
  };
  for (std::size_t node = 0; node < spec.nodes; ++node)
    for (const std::size_t other : {node + 1, node + columns}) {
      if (other >= spec.nodes || (other == node + 1 && other % columns == 0)) continue;
      add(node, other);
      add(other, node);
    }
  mesh.path = [columns, nodes = spec.nodes, link_between](std::size_t from, std::size_t to) {
    LinkPath path;
    std::size_t at = from;
    const auto go = [&](std::size_t next) {
      path.push_back(link_between.at({at, next}));
      at = next;
    };
    const auto along_the_column = [&] {
      while (at / columns != to / columns)
        go(at / columns < to / columns ? at + columns : at - columns);
    };
    const bool reaches = at / columns * columns + to % columns < nodes;
    if (!reaches) along_the_column();
    while (at % columns != to % columns) go(at % columns < to % columns ? at + 1 : at - 1);
    along_the_column();
    return path;
  };
  return mesh;
}

}  // namespace

extern const Registration<Interconnect> mesh = {
    "mesh", "Nodes in rows and columns; packets go along the row, then the column.",
    [](const sc_core::sc_module_name& name,
       const InterconnectSpec& spec) -> std::unique_ptr<Interconnect> {
      return std::make_unique<PacketInterconnect>(name, spec, mesh_of);
    }};

}  // namespace systolith
