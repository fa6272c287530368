#include "sim/serve/arrival_process.h"

#include <algorithm>

namespace systolith {

void check_keys(const ArrivalSpec& spec, const std::vector<std::string>& required,
                const std::vector<std::string>& optional) {
  const auto is_in = [](const std::vector<std::string>& list) {
    return [&list](const std::string& key) {
      return std::find(list.begin(), list.end(), key) != list.end();
    };
  };
  std::vector<std::string> taken = required;
  taken.insert(taken.end(), optional.begin(), optional.end());
  for (const std::string& key : spec.given)
    if (!is_in(taken)(key))
      user_error("{} arrivals take no {} (they take: {})", spec.kind, key,
                 taken.empty() ? "nothing" : fmt::format("{}", fmt::join(taken, ", ")));
  if (!required.empty() && std::none_of(spec.given.begin(), spec.given.end(), is_in(required)))
    user_error("{} arrivals need {}", spec.kind, fmt::join(required, " or "));
}

}  // namespace systolith
