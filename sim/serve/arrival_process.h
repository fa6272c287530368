// When a tenant's requests arrive. One file per kind.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hw/base/error.h"
#include "hw/base/registry.h"
#include "hw/base/units.h"

namespace systolith {

// What a scenario says of a tenant's arrivals.
struct ArrivalSpec {
  std::string kind;
  std::vector<std::string> given;  // the keys that were written, without kind and requests
  std::int64_t microhertz = 0;     // mean rate, from `rate` or `load`
  Femtoseconds phase;              // of the first periodic one
  std::string file;                // replayed
  std::string tenant;              // whose rows of the file, and with `seed` whose random numbers
  std::uint64_t seed = 0;
};

class ArrivalProcess {
 public:
  static constexpr const char* kKind = "arrival process";
  // Throws UserError where the spec has keys that the kind does not take, or lacks one.
  using Factory = std::unique_ptr<ArrivalProcess> (*)(const ArrivalSpec& spec);

  virtual ~ArrivalProcess() = default;
  // The next arrival, not before the last one; nothing: there are no more. `now` matters to closed
  // ones only.
  virtual std::optional<Femtoseconds> next(Femtoseconds now) = 0;
  // The next one is asked for when the last request has been carried out.
  virtual bool closed() const { return false; }
};
template <>
const RegistrationTable<ArrivalProcess>& registrations<ArrivalProcess>();

// For factories: every key given is among these, and one of `required` is (where there are any).
void check_keys(const ArrivalSpec& spec, const std::vector<std::string>& required,
                const std::vector<std::string>& optional);

}  // namespace systolith
