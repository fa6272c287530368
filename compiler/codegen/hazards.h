// Who wrote and who reads each byte of an address space, so that every dependency a program needs
// follows from what its commands touch.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hw/isa/command.h"

namespace systolith {

struct AddressRange {
  std::uint64_t begin = 0, end = 0;
  bool overlaps(const AddressRange& other) const { return begin < other.end && other.begin < end; }
};

struct Toucher {
  CommandRef command;
  Engine engine = Engine::control;
};

class HazardMap {
 public:
  // `by` reads: it must wait for the writers of the range, which are added to `after`.
  void read(AddressRange range, const Toucher& by, std::vector<Toucher>& after);
  // `by` writes: it must wait for writers and readers. A dense write leaves nothing of what was
  // there; one with gaps leaves the earlier writers standing.
  void write(AddressRange range, bool dense, const Toucher& by, std::vector<Toucher>& after);
  // `by` stands for all earlier writers and readers of the range (a barrier).
  void replace(AddressRange range, const std::vector<Toucher>& by);

 private:
  struct Segment {
    std::uint64_t end = 0;
    std::vector<Toucher> writers, readers;
  };
  using Segments = std::map<std::uint64_t, Segment>;

  void split_at(std::uint64_t address);
  // First segment in the range, after cutting segments at its ends and filling gaps with empty
  // ones.
  Segments::iterator cover(AddressRange range);

  Segments segments_;
};

// Whether commands of the engine finish in the order in which they start.
bool completes_in_order(Engine engine);

}  // namespace systolith
