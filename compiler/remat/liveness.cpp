#include "compiler/remat/liveness.h"

#include <algorithm>
#include <set>

namespace systolith {
namespace {

struct Lifetime {
  std::size_t made = 0, last_read = 0;
};

// Of the values that the first `nodes` nodes make, as far as those read them.
std::map<std::string, Lifetime> lifetimes(const Graph& graph, std::size_t nodes) {
  std::map<std::string, Lifetime> result;
  for (std::size_t i = 0; i < nodes; ++i) {
    for (const std::string& input : graph.nodes[i].inputs)
      if (const auto found = result.find(input); found != result.end()) found->second.last_read = i;
    for (const std::string& output : graph.nodes[i].outputs)
      if (!output.empty()) result[output] = {i, i};
  }
  return result;
}

// Running sums of what each position adds to the one before.
std::vector<Bytes> accumulated(const std::vector<std::int64_t>& changes, std::size_t count) {
  std::vector<Bytes> result;
  std::int64_t live = 0;
  for (std::size_t i = 0; i < count; ++i) result.emplace_back(live += changes[i]);
  return result;
}

}  // namespace

Bytes bytes_of(const Value& value) {
  return Bytes(ceil_div(elements(value.shape) * bits_of(value.type), std::int64_t{8}));
}

std::vector<Bytes> live_bytes(const Graph& graph) {
  const std::size_t count = graph.nodes.size();
  auto values = lifetimes(graph, count);
  for (const std::string& output : graph.outputs)
    if (const auto found = values.find(output); found != values.end())
      found->second.last_read = count - 1;
  for (const StateBinding& binding : graph.states) values.erase(binding.next);
  std::vector<std::int64_t> changes(count + 1, 0);
  for (const auto& [name, lifetime] : values) {
    const std::int64_t bytes = bytes_of(graph.values.at(name)).count();
    changes[lifetime.made] += bytes;
    changes[lifetime.last_read + 1] -= bytes;
  }
  return accumulated(changes, count);
}

Bytes peak_live_bytes(const Graph& graph) {
  const std::vector<Bytes> live = live_bytes(graph);
  return live.empty() ? Bytes(0) : *std::max_element(live.begin(), live.end());
}

std::vector<Bytes> crossing_bytes(const Graph& graph, std::size_t forward_nodes) {
  std::vector<std::int64_t> changes(forward_nodes + 2, 0);
  for (const auto& [name, lifetime] : lifetimes(graph, forward_nodes)) {
    const std::int64_t bytes = bytes_of(graph.values.at(name)).count();
    changes[lifetime.made + 1] += bytes;
    changes[lifetime.last_read + 1] -= bytes;
  }
  return accumulated(changes, forward_nodes + 1);
}

}  // namespace systolith
