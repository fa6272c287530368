#include "hw/arch/field_value.h"

namespace systolith {
namespace {

using Json = nlohmann::ordered_json;

// Not zero, not negative; the limits themselves are beyond a pattern and are described in words.
Json quantity_schema(const UnitSet& set, const Limits& limits) {
  std::string units;
  for (const Unit& unit : set.units) units += (units.empty() ? "" : "|") + std::string(unit.name);
  return {{"type", "string"},
          {"pattern", fmt::format("^(?=.*[1-9])[0-9]+(\\.[0-9]+)? ?({})$", units)},
          {"$comment", fmt::format("{} to {}{}", format_quantity(limits.low, set),
                                   format_quantity(limits.high, set),
                                   limits.power_of_two ? ", a power of two" : "")}};
}

Json whole_schema(const Limits& limits) {
  if (!limits.power_of_two)
    return {{"type", "integer"}, {"minimum", limits.low}, {"maximum", limits.high}};
  Json powers = Json::array();
  for (std::int64_t power = 1; power <= limits.high; power *= 2)
    if (power >= limits.low) powers.push_back(power);
  return {{"type", "integer"}, {"enum", powers}};
}

// Overloads by the type of the field's place: its schema, and its value as the YAML would hold it.
struct Writer {
  const MachineField& field;
  const Vocabulary& vocabulary;

  Json names() const { return {{"enum", field.names.known(vocabulary)}}; }
  Json one_or_list() const {
    const Json list = {{"type", "array"},
                       {"items", names()},
                       {"uniqueItems", true},
                       {"minItems", field.limits.low}};
    return {{"anyOf", Json::array({names(), list})}};
  }

  Json schema(std::int64_t) const { return whole_schema(field.limits); }
  Json schema(Cycles) const { return whole_schema(field.limits); }
  Json schema(Bytes) const { return quantity_schema(size_units(), field.limits); }
  Json schema(Hertz) const { return quantity_schema(frequency_units(), field.limits); }
  template <class Value>
  Json schema(const std::optional<Value>&) const {
    return schema(Value{});
  }
  Json schema(const std::string&) const {
    if (field.text == nullptr) return names();
    return {{"type", "string"}, {"pattern", field.text->pattern}};
  }
  Json schema(Format) const { return names(); }
  Json schema(Overflow) const { return names(); }
  Json schema(Rounding) const { return names(); }
  Json schema(const std::vector<std::int64_t>&) const {
    const Json list = {
        {"type", "array"}, {"items", whole_schema(field.limits)}, {"uniqueItems", true}};
    return {{"anyOf", Json::array({whole_schema(field.limits), list})}};
  }
  template <class Element>
  Json schema(const std::vector<Element>&) const {
    return one_or_list();
  }

  Json schema(const std::map<std::string, std::int64_t>&) const {
    Json properties = Json::object();
    for (const std::string& name : field.names.known(vocabulary))
      properties[name] = whole_schema(field.limits);
    return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  }

  Json value(std::int64_t number) const { return number; }
  Json value(Cycles cycles) const { return cycles.count(); }
  Json value(Bytes size) const { return format_quantity(size.count(), size_units()); }
  Json value(Hertz clock) const { return format_quantity(clock.count(), frequency_units()); }
  template <class Value>
  Json value(const std::optional<Value>& given) const {
    return given ? value(*given) : Json();
  }
  Json value(const std::string& text) const { return text.empty() ? Json() : Json(text); }
  Json value(Format format) const { return to_string(format); }
  Json value(Overflow value) const { return kOverflowNames[static_cast<std::size_t>(value)]; }
  Json value(Rounding value) const { return kRoundingNames[static_cast<std::size_t>(value)]; }
  Json value(const std::map<std::string, std::int64_t>&) const { return {}; }
  template <class Element>
  Json value(const std::vector<Element>& list) const {
    Json values = Json::array();
    for (const Element& element : list) values.push_back(value(element));
    return values;
  }
};

}  // namespace

nlohmann::ordered_json field_schema(const MachineField& field, const Vocabulary& vocabulary,
                                    Machine& defaults) {
  const Writer writer{field, vocabulary};
  Json result = {{"description", field.description}};
  std::visit(
      [&](auto place) {
        const auto& default_value = place(defaults);
        result.update(writer.schema(default_value));
        const Json value = writer.value(default_value);
        if (!value.is_null() && !field.required) result["default"] = value;
      },
      field.place);
  return result;
}

}  // namespace systolith
