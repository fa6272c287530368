#include "sim/serve/arrival_process.h"

namespace systolith {
namespace {

__extension__ using Wide = __int128;

class Periodic final : public ArrivalProcess {
 public:
  explicit Periodic(const ArrivalSpec& spec) : microhertz_(spec.microhertz), phase_(spec.phase) {}

  std::optional<Femtoseconds> next(Femtoseconds) override {
    constexpr Wide kFemtosTimesMicros = Wide{1'000'000'000'000'000} * 1'000'000;
    const auto since = static_cast<std::int64_t>(count_++ * kFemtosTimesMicros / microhertz_);
    return phase_ + Femtoseconds(since);
  }

 private:
  Wide microhertz_;
  Femtoseconds phase_;
  Wide count_ = 0;
};

}  // namespace

extern const Registration<ArrivalProcess> periodic = {
    "periodic", "One after every period; the first at the phase.",
    [](const ArrivalSpec& spec) -> std::unique_ptr<ArrivalProcess> {
      check_keys(spec, {"rate", "load"}, {"phase"});
      return std::make_unique<Periodic>(spec);
    }};

}  // namespace systolith
