// Who wrote and who reads each byte of an address space, so that every dependency a program needs
// follows from what its commands touch.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hw/isa/command.h"

namespace systolith {

// The bytes of an address space at `phase` to phase + run modulo `period`; period 0: all.
struct Stripe {
  std::uint64_t period = 0, phase = 0, run = 0;

  // Whether both have a byte in common (true where the periods differ: a safe guess).
  bool shares(const Stripe& other) const;
  // Whether this has all bytes of the other.
  bool includes(const Stripe& other) const;
};

// Bytes [begin, end), or of every `period` of them, counted from `begin`, only `run` from `offset`
// on: so a slice of a tensor's channels names the same bounds as every other slice of its pixels.
struct AddressRange {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t period = 0, offset = 0, run = 0;  // period 0: no gaps

  Stripe stripe() const {
    return period == 0 ? Stripe{} : Stripe{period, (begin + offset) % period, run};
  }
  bool overlaps(const AddressRange& other) const {
    return begin < other.end && other.begin < end && stripe().shares(other.stripe());
  }
};

struct Toucher {
  CommandRef command;
  Engine engine = Engine::control;
};

// The commands that one must wait for, without those that say nothing new: repetitions, and earlier
// commands of an engine that completes in order.
class Waits {
 public:
  void add(const Toucher& toucher);
  // By core, engine and index.
  std::vector<Toucher> sorted() const;

 private:
  std::vector<Toucher> last_;   // of each engine that completes in order
  std::vector<Toucher> every_;  // of the others, with repetitions
};

// Of each core and engine, touchers come in the order of their commands.
class HazardMap {
 public:
  // `by` reads: it must wait for the writers of the range, which are added to `after`.
  void read(const AddressRange& range, const Toucher& by, Waits& after);
  // `by` writes: it must wait for writers and readers.
  void write(const AddressRange& range, const Toucher& by, Waits& after);
  // `by` stands for all earlier writers and readers of the range (a barrier).
  void replace(const AddressRange& range, const std::vector<Toucher>& by);

 private:
  struct Access {
    std::uint64_t index = 0;  // the command's
    Stripe stripe;
  };
  struct EngineAccesses {
    CoreId core{};
    Engine engine = Engine::control;
    std::vector<Access> list;  // oldest first
  };
  using Accesses = std::vector<EngineAccesses>;
  struct Segment {
    std::uint64_t end = 0;
    Accesses writers, readers;
  };
  using Segments = std::map<std::uint64_t, Segment>;

  static void collect(const Accesses& list, const Stripe& stripe, Waits& after);
  static EngineAccesses& of_engine(Accesses& list, const Toucher& by);
  static void append(Accesses& all, const Toucher& by, Stripe stripe, Waits& after);
  static void erase_included(std::vector<Access>& list, const Stripe& stripe);
  // The first segment that begins at the address or later, after cutting what lies across it.
  Segments::iterator split_at(std::uint64_t address);
  // The part from `address` on, which lies inside the segment.
  Segments::iterator split(Segments::iterator segment, std::uint64_t address);
  // First segment in the range, after cutting segments at its ends and filling gaps with empty
  // ones.
  Segments::iterator cover(const AddressRange& range);

  Segments segments_;
};

// Whether commands of the engine finish in the order in which they start.
bool completes_in_order(Engine engine);

}  // namespace systolith
