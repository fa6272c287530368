// Random machines and random small networks, reproducible from a seed: what the whole-way property
// tests quantify over.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "hw/arch/machine.h"
#include "models/graph/graph.h"

namespace systolith::testing {

// A uniform integer in [low, high], the same on every platform (std distributions are not).
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return between(1, n) == 1; }
  template <class T>
  T of(std::initializer_list<T> choices) {
    return choices.begin()[between(0, static_cast<std::int64_t>(choices.size()) - 1)];
  }
  float real() { return static_cast<float>(between(-1000, 1000)) / 500.0F; }

 private:
  std::mt19937_64 engine_;
};

// The YAML of a machine: any array from 1x1 to 40x40, small to ample memories, one to three cores.
std::string random_machine_yaml(Draw& draw);

// A network of a few layers: convolutions of any geometry, with batch norm, activation, residual
// sum, pooling, and a classifier.
Graph random_network(Draw& draw);

}  // namespace systolith::testing
