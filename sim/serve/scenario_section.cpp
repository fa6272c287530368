#include "sim/serve/scenario_section.h"

namespace systolith {

const std::string& text_of(const DocumentNode& node, const char* expected) {
  if (node.kind != DocumentNode::Kind::scalar || node.scalar.empty())
    user_error("expected {}, found {}", expected, describe(node));
  return node.scalar;
}

std::int64_t whole_of(const DocumentNode& node, const Limits& limits) {
  return parse_whole(text_of(node, "a whole number"), limits);
}

bool truth_of(const DocumentNode& node) {
  const std::string& text = text_of(node, "true or false");
  if (text != "true" && text != "false") user_error("'{}' is neither true nor false", text);
  return text == "true";
}

Femtoseconds time_of(const DocumentNode& node) {
  constexpr std::int64_t kMost = std::int64_t{9'000} * 1'000'000'000'000'000;
  return Femtoseconds(parse_quantity(text_of(node, "a time"), time_units(), {1, kMost}));
}

std::int64_t share_of(const DocumentNode& node, std::int64_t whole, std::int64_t most) {
  const std::string& text = text_of(node, "a share, as 50%");
  const bool percent = text.back() == '%';
  // A bare number is a fraction of 1; either way in parts of the whole.
  const UnitSet units = {"share", {{"parts", 1}, {"%", whole / 100}, {"of 1", whole}}, true};
  const std::string quantity = percent ? text : text + "of 1";
  try {
    return parse_quantity(quantity, units, {1, most});
  } catch (const UserError&) {
    user_error("'{}' is not a share (allowed: above 0 up to {}%, as 50% or 0.5)", text,
               most * 100 / whole);
  }
}

std::vector<std::int64_t> numbers_of(const DocumentNode& node, const Limits& limits) {
  std::vector<std::int64_t> numbers;
  if (node.kind != DocumentNode::Kind::list) return {whole_of(node, limits)};
  for (const DocumentNode& item : node.items) {
    numbers.push_back(whole_of(item, limits));
    if (std::count(numbers.begin(), numbers.end(), numbers.back()) > 1)
      user_error("{} is listed twice", numbers.back());
  }
  if (numbers.empty()) user_error("the list is empty");
  return numbers;
}

}  // namespace systolith
