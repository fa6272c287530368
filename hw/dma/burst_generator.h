// Cuts a transfer's descriptor into bursts, in the order of its loops: none crosses a multiple of
// the burst size in system memory.
#pragma once

#include <algorithm>

#include "hw/isa/command.h"

namespace systolith {

struct Burst {
  std::uint64_t system_address = 0;
  std::uint64_t local_address = 0;  // of the first element
  std::int64_t bytes = 0;           // of system memory
};

class BurstGenerator {
 public:
  BurstGenerator() = default;
  // Requires: run and loop counts > 0; burst a power of two. Loops that continue the run on both
  // sides are joined with it first.
  BurstGenerator(const Transfer& transfer, Bytes burst);

  bool done() const { return done_; }
  // Requires: !done().
  Burst next();

 private:
  void next_run();

  Transfer transfer_;
  std::uint64_t burst_ = 1;
  std::array<std::int64_t, 3> index_{};
  std::uint64_t system_ = 0, local_ = 0;  // of the next burst
  std::int64_t left_ = 0;                 // bytes of the run
  bool done_ = true;
};

}  // namespace systolith
