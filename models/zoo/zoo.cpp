#include "models/zoo/zoo.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace systolith {
namespace {

std::int64_t parse_value(const std::string& model, const ZooParameter& parameter,
                         const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < parameter.minimum || value > parameter.maximum)
    user_error("zoo model '{}': {}={} is not an integer from {} to {}", model, parameter.name, text,
               parameter.minimum, parameter.maximum);
  return value;
}

ZooArguments arguments_of(const ZooSpec& spec, const std::vector<ZooParameter>& parameters) {
  std::map<std::string, std::int64_t> values;
  std::vector<std::string> known;
  for (const ZooParameter& parameter : parameters) {
    const auto given = spec.parameters.find(parameter.name);
    values[parameter.name] = given == spec.parameters.end()
                                 ? parameter.fallback
                                 : parse_value(spec.name, parameter, given->second);
    known.push_back(parameter.name);
  }
  for (const auto& given : spec.parameters)
    if (values.count(given.first) == 0)
      throw UserError(
          unknown_name_message("parameter of zoo model '" + spec.name + "':", given.first, known));
  return ZooArguments(std::move(values));
}

}  // namespace

ZooSpec parse_zoo_spec(const std::string& text) {
  const std::size_t colon = text.find(':');
  ZooSpec spec;
  spec.name = text.substr(0, colon);
  if (spec.name.empty()) user_error("workload '{}' has no name before ':'", text);
  if (colon == std::string::npos) return spec;
  std::istringstream rest(text.substr(colon + 1) + ',');
  for (std::string part; std::getline(rest, part, ',');) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == part.size())
      user_error("workload '{}': '{}' is not of the form parameter=value", text, part);
    if (!spec.parameters.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
      user_error("workload '{}': parameter '{}' is given twice", text, part.substr(0, equals));
  }
  return spec;
}

std::int64_t ZooArguments::operator[](const std::string& name) const {
  const auto found = values_.find(name);
  SYSTOLITH_CHECK(found != values_.end(), "no argument '{}'", name);
  return found->second;
}

Graph build_zoo(const ZooSpec& spec) {
  const auto model = registration<ZooModel>(spec.name).create();
  Graph graph = model->build(arguments_of(spec, model->parameters()));
  graph.name = spec.name;
  sort(graph);
  infer_shapes(graph);
  return graph;
}

}  // namespace systolith
