// Arrivals from a CSV file with a header: a column arrival_s, arrival_ms, arrival_us or arrival_ns,
// and perhaps one named tenant, which chooses rows; other columns are passed over.
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "hw/arch/quantity_text.h"
#include "sim/serve/arrival_process.h"

namespace systolith {
namespace {

constexpr std::array<const char*, 4> kTimeUnits = {"s", "ms", "us", "ns"};
constexpr Limits kTimes = {0, std::int64_t{9'000} * 1'000'000'000'000'000};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text(line);
  for (std::string cell; std::getline(text, cell, ',');) {
    cell.erase(0, cell.find_first_not_of(" \t"));
    cell.erase(cell.find_last_not_of(" \t\r") + 1);
    cells.push_back(cell);
  }
  return cells;
}

class ArrivalFile {
 public:
  explicit ArrivalFile(const std::string& path) : path_(path), stream_(path) {
    if (!stream_) user_error("{}: cannot be read", path);
    read_header();
  }

  std::vector<Femtoseconds> rows_of(const std::string& tenant) {
    std::vector<Femtoseconds> arrivals;
    std::string text;
    for (int line = 2; std::getline(stream_, text); ++line) {
      const std::vector<std::string> cells = cells_of(text);
      if (cells.empty()) continue;
      if (cells.size() <= std::max(time_, tenant_.value_or(0)))
        fail(line, fmt::format("{} cells, the header has more", cells.size()));
      if (tenant_ && cells[*tenant_] != tenant) continue;
      arrivals.push_back(time_of(cells[time_], line));
      if (arrivals.size() > 1 && arrivals.back() < arrivals[arrivals.size() - 2])
        fail(line, fmt::format("arrival '{}' is before the one above it", cells[time_]));
    }
    return arrivals;
  }

 private:
  [[noreturn]] void fail(int line, const std::string& message) const {
    throw UserError({path_, line, 1}, message);
  }

  void read_header() {
    std::string text;
    std::getline(stream_, text);
    const std::vector<std::string> names = cells_of(text);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "tenant") tenant_ = i;
      for (const char* unit : kTimeUnits)
        if (names[i] == fmt::format("arrival_{}", unit)) {
          time_ = i;
          unit_ = unit;
        }
    }
    if (unit_.empty())
      fail(1, "no column of arrival times (one of arrival_s, arrival_ms, arrival_us, arrival_ns)");
  }

  Femtoseconds time_of(const std::string& cell, int line) const {
    try {
      return Femtoseconds(parse_quantity(cell + unit_, time_units(), kTimes));
    } catch (const UserError&) {
      fail(line, fmt::format("'{}' is not a time in {} (a decimal number from 0 on)", cell, unit_));
    }
  }

  std::string path_;
  std::ifstream stream_;
  std::size_t time_ = 0;
  std::optional<std::size_t> tenant_;
  std::string unit_;
};

class Replay final : public ArrivalProcess {
 public:
  explicit Replay(const ArrivalSpec& spec)
      : arrivals_(ArrivalFile(spec.file).rows_of(spec.tenant)) {}

  std::optional<Femtoseconds> next(Femtoseconds) override {
    if (next_ == arrivals_.size()) return std::nullopt;
    return arrivals_[next_++];
  }

 private:
  std::vector<Femtoseconds> arrivals_;
  std::size_t next_ = 0;
};

}  // namespace

extern const Registration<ArrivalProcess> replay = {
    "replay", "As a CSV file has them.",
    [](const ArrivalSpec& spec) -> std::unique_ptr<ArrivalProcess> {
      check_keys(spec, {"file"}, {});
      return std::make_unique<Replay>(spec);
    }};

}  // namespace systolith
