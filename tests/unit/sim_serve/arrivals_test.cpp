#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "sim/serve/arrival_process.h"
#include "tests/unit/traces/scratch_folder.h"

namespace systolith {
namespace {

constexpr std::int64_t kMicro = 1'000'000;

ArrivalSpec spec(const char* kind, std::vector<std::string> given) {
  ArrivalSpec s;
  s.kind = kind;
  s.given = std::move(given);
  s.tenant = "a";
  return s;
}

std::vector<std::int64_t> take(ArrivalProcess& process, int count) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < count; ++i)
    if (const auto next = process.next(Femtoseconds(0))) times.push_back(next->count());
  return times;
}

std::unique_ptr<ArrivalProcess> create(const ArrivalSpec& s) {
  return registration<ArrivalProcess>(s.kind).create(s);
}

TEST(Arrivals, PeriodicOnesDoNotDrift) {
  ArrivalSpec s = spec("periodic", {"rate", "phase"});
  s.microhertz = 3'000'000 * kMicro;  // a third of a microsecond is no whole number of femtoseconds
  s.phase = Femtoseconds(7);
  const auto process = create(s);
  const auto times = take(*process, 3'000'001);
  EXPECT_EQ(times[0], 7);
  EXPECT_EQ(times[1], 7 + 333'333'333);
  EXPECT_EQ(times[3'000'000], 7 + 1'000'000'000'000'000);
}

// Mean and standard deviation of an exponential distribution are the same; gaps are independent.
TEST(Arrivals, PoissonGapsAreExponentialAndIndependent) {
  ArrivalSpec s = spec("poisson", {"rate"});
  s.microhertz = 1000 * kMicro;
  const auto times = take(*create(s), 200'000);
  double sum = 0, squares = 0, products = 0, before = 0;
  std::int64_t short_ones = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double gap = static_cast<double>(times[i] - times[i - 1]) * 1e-12;  // of the mean
    sum += gap;
    squares += gap * gap;
    products += (gap - 1) * (before - 1);
    before = gap;
    short_ones += gap < std::log(2);  // the median
  }
  const auto n = static_cast<double>(times.size() - 1);
  EXPECT_NEAR(sum / n, 1, 0.01);
  EXPECT_NEAR(squares / n, 2, 0.05);
  EXPECT_NEAR(products / n, 0, 0.01);
  EXPECT_NEAR(static_cast<double>(short_ones) / n, 0.5, 0.005);
}

TEST(Arrivals, ATenantsStreamDependsOnItsNameAndSeedAlone) {
  ArrivalSpec s = spec("poisson", {"rate"});
  s.microhertz = 1000 * kMicro;
  const auto times = take(*create(s), 100);
  EXPECT_EQ(take(*create(s), 100), times);
  s.seed = 1;
  EXPECT_NE(take(*create(s), 100), times);
  s.seed = 0;
  s.tenant = "b";
  EXPECT_NE(take(*create(s), 100), times);
}

TEST(Arrivals, AReplayTakesItsTenantsRowsInTheColumnsUnit) {
  const testing::ScratchFolder folder;
  ArrivalSpec s = spec("replay", {"file"});
  s.file = folder / "arrivals.csv";
  std::ofstream(s.file) << "request, tenant, arrival_us\n0,a,1.5\n1,b,1.75\n2,a,2\n";
  EXPECT_EQ(take(*create(s), 9), (std::vector<std::int64_t>{1'500'000'000, 2'000'000'000}));
  std::ofstream(s.file) << "arrival_s\n0\n0.25\n";
  EXPECT_EQ(take(*create(s), 9), (std::vector<std::int64_t>{0, 250'000'000'000'000}));
}

TEST(Arrivals, AContinuousTenantComesBackAtOnce) {
  const auto process = create(spec("continuous", {}));
  EXPECT_TRUE(process->closed());
  EXPECT_EQ(process->next(Femtoseconds(42)), Femtoseconds(42));
}

std::string failure_of(const ArrivalSpec& s) {
  try {
    create(s);
  } catch (const UserError& error) {
    return error.what();
  }
  return "none";
}

TEST(Arrivals, KeysOfAnotherKindAndMissingOnesAreRefused) {
  EXPECT_EQ(failure_of(spec("periodic", {"phase"})), "periodic arrivals need rate or load");
  EXPECT_EQ(failure_of(spec("poisson", {"rate", "phase"})),
            "poisson arrivals take no phase (they take: rate, load, seed)");
  EXPECT_EQ(failure_of(spec("continuous", {"rate"})),
            "continuous arrivals take no rate (they take: nothing)");
}

TEST(Arrivals, AFileThatIsWrongIsRefusedWithItsLine) {
  const testing::ScratchFolder folder;
  ArrivalSpec s = spec("replay", {"file"});
  s.file = folder / "x.csv";
  EXPECT_EQ(failure_of(s), s.file + ": cannot be read");
  const auto with = [&](const char* text) {
    std::ofstream(s.file) << text;
    return failure_of(s).substr(s.file.size());
  };
  EXPECT_EQ(with("time\n1\n"),
            ":1:1: no column of arrival times (one of arrival_s, arrival_ms, arrival_us, "
            "arrival_ns)");
  EXPECT_EQ(with("arrival_ms\n1\nx\n"),
            ":3:1: 'x' is not a time in ms (a decimal number from 0 on)");
  EXPECT_EQ(with("arrival_ms\n2\n1\n"), ":3:1: arrival '1' is before the one above it");
}

}  // namespace
}  // namespace systolith
