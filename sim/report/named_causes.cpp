#include "sim/report/named_causes.h"

#include <algorithm>

#include <fmt/format.h>

namespace systolith {
namespace {

void add_levels(const std::vector<MemoryLevelReport>& levels, Cause cause,
                std::vector<NamedCause>& causes) {
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const std::string name =
        fmt::format("{}.{}", levels[level].name, cause == Cause::level_bank ? "bank" : "miss");
    const auto same = [&](const NamedCause& known) { return known.name == name; };
    auto found = std::find_if(causes.begin(), causes.end(), same);
    if (found == causes.end()) found = causes.insert(causes.end(), {name, {}});
    found->reasons.emplace_back(cause, static_cast<std::uint32_t>(level));
  }
}

}  // namespace

Cycles NamedCause::spent(const Activity& activity) const {
  Cycles sum;
  for (const Reason& reason : reasons)
    sum += reason.at_a_level() ? activity.spent_at(reason) : activity.spent(reason.cause);
  return sum;
}

std::vector<NamedCause> named_causes(const std::vector<MemoryLevelReport>& levels) {
  std::vector<NamedCause> causes;
  for (std::size_t i = 0; i < kCauses; ++i) {
    const auto cause = static_cast<Cause>(i);
    if (Reason(cause).at_a_level())
      add_levels(levels, cause, causes);
    else
      causes.push_back({std::string(to_string(cause)), {cause}});
  }
  return causes;
}

}  // namespace systolith
