// Which links a packet takes from node to node. One file per kind of interconnect makes its own.
#pragma once

#include <functional>

#include "hw/arch/machine.h"
#include "hw/noc/packet_network.h"

namespace systolith {

struct Topology {
  std::vector<LinkSpec> links;  // between nodes, for one direction of traffic (requests, responses)
  // The links from one node to another, none where they are the same.
  std::function<LinkPath(std::size_t from, std::size_t to)> path;
  // One medium for everything: the only link, which leads to every port, requests and responses.
  bool shared_medium = false;
};

// `packet`: flits of the largest one.
struct TopologySpec {
  InterconnectConfig config;
  std::size_t nodes = 0;
  std::int64_t packet = 0;
};
using MakeTopology = Topology (*)(const TopologySpec& spec);

}  // namespace systolith
