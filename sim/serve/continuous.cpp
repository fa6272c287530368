#include "sim/serve/arrival_process.h"

namespace systolith {
namespace {

class Continuous final : public ArrivalProcess {
 public:
  std::optional<Femtoseconds> next(Femtoseconds now) override { return now; }
  bool closed() const override { return true; }
};

}  // namespace

extern const Registration<ArrivalProcess> continuous = {
    "continuous", "The next one when the last has been carried out, from the start on.",
    [](const ArrivalSpec& spec) -> std::unique_ptr<ArrivalProcess> {
      check_keys(spec, {}, {});
      return std::make_unique<Continuous>();
    }};

}  // namespace systolith
