#include "hw/arith/epilogue.h"
#include "models/zoo/random.h"
#include "sim/serve/arrival_process.h"

namespace systolith {
namespace {

// Independent exponential gaps, -ln(u) / rate with u uniform in (0, 1].
class Poisson final : public ArrivalProcess {
 public:
  explicit Poisson(const ArrivalSpec& spec)
      : random_(spec.seed, spec.tenant), mean_gap_(1e21 / static_cast<double>(spec.microhertz)) {}

  std::optional<Femtoseconds> next(Femtoseconds) override {
    const double u = 1.0 - static_cast<double>(random_.next() >> 11) * 0x1p-53;
    last_ += Femtoseconds(static_cast<std::int64_t>(-log_fixed(u) * mean_gap_));
    return last_;
  }

 private:
  Random random_;
  double mean_gap_;  // femtoseconds
  Femtoseconds last_;
};

}  // namespace

extern const Registration<ArrivalProcess> poisson = {
    "poisson", "At random with a mean rate: independent exponential gaps, seeded.",
    [](const ArrivalSpec& spec) -> std::unique_ptr<ArrivalProcess> {
      check_keys(spec, {"rate", "load"}, {"seed"});
      return std::make_unique<Poisson>(spec);
    }};

}  // namespace systolith
