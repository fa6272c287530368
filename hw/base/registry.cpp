#include "hw/base/registry.h"

#include <algorithm>
#include <numeric>

namespace systolith {
namespace {

// Levenshtein distance, case-sensitive.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string unknown_name_message(std::string_view kind, std::string_view name,
                                 const std::vector<std::string>& known) {
  std::string message =
      fmt::format("unknown {} '{}' (known: {})", kind, name, fmt::join(known, ", "));
  const auto closer = [&](const std::string& x, const std::string& y) {
    return edit_distance(x, name) < edit_distance(y, name);
  };
  const auto best = std::min_element(known.begin(), known.end(), closer);
  if (best != known.end() && edit_distance(*best, name) <= 1 + name.size() / 4)
    message += fmt::format("; did you mean '{}'?", *best);
  return message;
}

}  // namespace systolith
