// A dataflow's pure timing: no SystemC. The array module and the compiler's cost model both ask
// here.
#pragma once

#include <memory>

#include "hw/arch/machine.h"
#include "hw/base/registry.h"
#include "hw/base/units.h"

namespace systolith {

struct TileShape {
  std::int64_t m = 0;  // streamed rows
  std::int64_t k = 0;  // contraction: array rows in use
  std::int64_t n = 0;  // array columns in use
};

class Dataflow {
 public:
  static constexpr const char* kKind = "dataflow";
  using Factory = std::unique_ptr<Dataflow> (*)(const ArrayConfig& array);

  virtual ~Dataflow() = default;
  // Cycles from the first element of a stationary tile entering the array to its plane being
  // loaded.
  virtual Cycles load(const TileShape& tile) const = 0;
  // Cycles the feeder is taken by a tile's stream.
  virtual Cycles stream(const TileShape& tile) const = 0;
  // Cycles from the first row fed to the last result in the accumulators.
  virtual Cycles latency(const TileShape& tile) const = 0;
};
template <>
const RegistrationTable<Dataflow>& registrations<Dataflow>();

}  // namespace systolith
