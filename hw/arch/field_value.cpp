#include "hw/arch/field_value.h"

#include <algorithm>
#include <regex>

namespace systolith {
namespace {

const std::string& scalar_of(const DocumentNode& node, const char* expected) {
  if (node.kind != DocumentNode::Kind::scalar)
    user_error("expected {}, found {}", expected, describe(node));
  return node.scalar;
}

class Reader {
 public:
  Reader(const MachineField& field, const Vocabulary& vocabulary, Machine& machine)
      : field_(field), vocabulary_(vocabulary), machine_(machine) {}

  void read(std::int64_t& place, const DocumentNode& node) const {
    place = parse_whole(scalar_of(node, "a whole number"), field_.limits);
  }
  void read(Cycles& place, const DocumentNode& node) const {
    place = Cycles(parse_whole(scalar_of(node, "a whole number of cycles"), field_.limits));
  }
  void read(Bytes& place, const DocumentNode& node) const {
    place = Bytes(parse_quantity(scalar_of(node, "a size"), size_units(), field_.limits));
  }
  void read(Hertz& place, const DocumentNode& node) const {
    const std::string& text = scalar_of(node, "a frequency");
    place = Hertz(parse_quantity(text, frequency_units(), field_.limits));
  }
  template <class Value>
  void read(std::optional<Value>& place, const DocumentNode& node) const {
    read(place.emplace(), node);
  }
  void read(std::string& place, const DocumentNode& node) const {
    place = field_.text != nullptr ? text(node) : name(node);
  }
  void read(Format& place, const DocumentNode& node) const { place = format_from_name(name(node)); }
  void read(Overflow& place, const DocumentNode& node) const {
    place = value_of<Overflow>(kOverflowNames, name(node));
  }
  void read(Rounding& place, const DocumentNode& node) const {
    place = value_of<Rounding>(kRoundingNames, name(node));
  }

  // One element, or a list without repetitions.
  template <class Element>
  void read(std::vector<Element>& place, const DocumentNode& node) const {
    std::vector<Element> elements;
    const auto add = [&](const DocumentNode& item) {
      Element element;
      read(element, item);
      if (std::find(elements.begin(), elements.end(), element) != elements.end())
        user_error("'{}' is listed twice", item.scalar);
      elements.push_back(element);
    };
    if (node.kind != DocumentNode::Kind::list) add(node);
    for (const DocumentNode& item : node.items) add(item);
    if (static_cast<std::int64_t>(elements.size()) < field_.limits.low)
      user_error("the list is empty (known: {})", fmt::join(field_.names.known(vocabulary_), ", "));
    place = std::move(elements);
  }

  // Whole numbers by name.
  void read(std::map<std::string, std::int64_t>& place, const DocumentNode& node) const {
    const auto known = field_.names.known(vocabulary_);
    if (node.kind != DocumentNode::Kind::map)
      user_error("expected a mapping of {}s ({}), found {}", field_.names.kind,
                 fmt::join(known, ", "), describe(node));
    place.clear();
    for (const DocumentEntry& entry : node.entries) {
      const auto fail = [&](const SourcePosition& where, const std::string& message) {
        throw UserError(where, fmt::format("{}.{}: {}", field_.path, entry.key, message));
      };
      if (std::find(known.begin(), known.end(), entry.key) == known.end())
        throw UserError(entry.where,
                        fmt::format("{}: {}", field_.path,
                                    unknown_name_message(field_.names.kind, entry.key, known)));
      if (place.count(entry.key) != 0) fail(entry.where, "it is there twice");
      try {
        read(place[entry.key], entry.value);
      } catch (const UserError& error) {
        fail(entry.value.where, error.what());
      }
    }
  }

  void operator()(const DocumentNode& node) const {
    std::visit([&](auto place) { read(place(machine_), node); }, field_.place);
  }

 private:
  template <class Enum, class Names>
  static Enum value_of(const Names& names, const std::string& name) {
    return static_cast<Enum>(std::find(names.begin(), names.end(), name) - names.begin());
  }

  std::string text(const DocumentNode& node) const {
    const std::string& value = scalar_of(node, "a text");
    if (!std::regex_match(value, std::regex(field_.text->pattern)))
      user_error("'{}' is not {}", value, field_.text->meaning);
    return value;
  }

  std::string name(const DocumentNode& node) const {
    const auto known = field_.names.known(vocabulary_);
    if (node.kind != DocumentNode::Kind::scalar)
      user_error("expected the name of a {} ({}), found {}", field_.names.kind,
                 fmt::join(known, ", "), describe(node));
    if (std::find(known.begin(), known.end(), node.scalar) == known.end())
      throw UserError(unknown_name_message(field_.names.kind, node.scalar, known));
    return node.scalar;
  }

  const MachineField& field_;
  const Vocabulary& vocabulary_;
  Machine& machine_;
};

}  // namespace

void read_field(const MachineField& field, const DocumentNode& node, const Vocabulary& vocabulary,
                Machine& machine) {
  Reader(field, vocabulary, machine)(node);
}

}  // namespace systolith
