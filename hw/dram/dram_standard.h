// A DRAM standard: the facts of one channel, from its JEDEC timing table. One file per speed grade.
#pragma once

#include "hw/arch/machine.h"
#include "hw/base/registry.h"

namespace systolith {

// What one channel is made of. A column is one bus-wide word.
struct DramGeometry {
  std::int64_t bus_bits, bank_groups, banks_per_group, rows, columns;

  constexpr Bytes capacity() const {
    return Bytes(bank_groups * banks_per_group * rows * columns * bus_bits / 8);
  }
};

class DramStandard {
 public:
  static constexpr const char* kKind = "DRAM standard";
  using Factory = const DramStandard& (*)();  // stateless: one static instance each

  virtual ~DramStandard() = default;
  virtual DramStandardFacts facts() const = 0;
  virtual DramGeometry geometry() const = 0;
};
template <>
const RegistrationTable<DramStandard>& registrations<DramStandard>();

}  // namespace systolith
