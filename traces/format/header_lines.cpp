#include "traces/format/header_lines.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "hw/isa/fields.h"
#include "traces/format/header_words.h"
#include "traces/format/layout.h"
#include "traces/format/text_words.h"

namespace systolith {
namespace {

// A statement's optional part: pairs of name and value in any order, each at most once.
struct Attribute {
  std::string name;
  std::function<void(const Word& value)> set;
  bool seen = false;
};

void parse_attributes(const Words& words, std::size_t begin, std::vector<Attribute> attributes) {
  for (std::size_t i = begin; i < words.size(); i += 2) {
    const auto is_named = [&](const Attribute& a) { return a.name == words[i].text; };
    const auto found = std::find_if(attributes.begin(), attributes.end(), is_named);
    if (found == attributes.end()) {
      std::vector<std::string> names;
      for (const auto& attribute : attributes) names.push_back(attribute.name);
      throw UserError(words[i].where, unknown_name_message("attribute", words[i].text, names));
    }
    if (found->seen)
      throw UserError(words[i].where, fmt::format("{} is given twice", words[i].text));
    found->seen = true;
    found->set(word_at(words, i + 1, "the attribute's value"));
  }
}

Attribute text(const char* name, std::string& value) {
  return {name, [&value](const Word& word) { value = unquoted(word); }};
}
Attribute natural(const char* name, std::int64_t& value) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  return {name, [&value, name](const Word& word) { value = parse_integer(word, name, 0, kMax); }};
}
Attribute address(const char* name, std::uint64_t& value) {
  return {name, [&value, name](const Word& word) { value = parse_unsigned(word, name); }};
}

std::vector<std::int64_t> parse_shape(const Word& word) {
  std::vector<std::int64_t> shape;
  if (word.text == kScalarShape) return shape;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = std::min(word.text.find('x', begin), word.text.size());
    Word extent{word.text.substr(begin, end - begin), word.where};
    extent.where.column += static_cast<int>(begin);
    shape.push_back(parse_integer(extent, "a shape's extent", 1, kReach));
    if (end == word.text.size()) return shape;
    begin = end + 1;
  }
}

Attribute shape(const char* name, std::vector<std::int64_t>& value) {
  return {name, [&value](const Word& word) { value = parse_shape(word); }};
}

template <std::size_t n>
std::size_t parse_one_of(const std::array<std::string_view, n>& names, const char* kind,
                         const Word& word) {
  const auto found = std::find(names.begin(), names.end(), word.text);
  if (found == names.end())
    throw UserError(word.where,
                    unknown_name_message(kind, word.text, {names.begin(), names.end()}));
  return static_cast<std::size_t>(found - names.begin());
}

template <std::size_t n>
Attribute one_of(const char* name, const std::array<std::string_view, n>& names,
                 std::string& value) {
  return {name, [&, name](const Word& word) {
            value = std::string(names[parse_one_of(names, name, word)]);
          }};
}

}  // namespace

const Word& word_at(const Words& words, std::size_t index, const char* expected) {
  if (index < words.size()) return words[index];
  SourcePosition where = words.back().where;
  where.column += static_cast<int>(words.back().text.size());
  throw UserError(where, fmt::format("the line ends; expected {}", expected));
}

void no_more_words(const Words& words, std::size_t count) {
  if (words.size() > count)
    throw UserError(words[count].where,
                    fmt::format("unexpected '{}'; the statement is complete", words[count].text));
}

void parse_version_line(const Words& words) {
  if (words[0].text != kTextMagic)
    throw UserError(words[0].where, fmt::format("not a systolith program: expected '{} {}'",
                                                kTextMagic, kProgramVersion));
  const Word& word = word_at(words, 1, "the format's version");
  const auto version =
      parse_integer(word, "the format's version", 1, std::numeric_limits<std::int32_t>::max());
  if (version > kProgramVersion)
    throw UserError(word.where, fmt::format("program format version {} is newer than this build's "
                                            "{}",
                                            version, kProgramVersion));
  no_more_words(words, 2);
}

void parse_machine_line(const Words& words, ProgramHeader& header) {
  header.machine = unquoted(word_at(words, 1, "the machine's name"));
  parse_attributes(words, 2, {address("fingerprint", header.fingerprint)});
}

void parse_memory_line(const Words& words, ProgramHeader& header) {
  parse_attributes(words, 1,
                   {natural("dram_bytes", header.memory.dram_bytes),
                    natural("live_bytes", header.memory.live_bytes)});
}

ProgramLayer parse_layer_line(const Words& words, std::size_t expected_number) {
  const auto number = static_cast<std::int64_t>(expected_number);
  const Word& word = word_at(words, 1, "the layer's number");
  if (parse_integer(word, "the layer's number", 0, std::numeric_limits<std::int64_t>::max()) !=
      number)
    throw UserError(word.where,
                    fmt::format("layer {} is out of sequence; expected {}", word.text, number));
  ProgramLayer layer;
  layer.name = unquoted(word_at(words, 2, "the layer's name"));
  parse_attributes(
      words, 3,
      {text("op", layer.op), text("format", layer.format), natural("macs", layer.macs),
       natural("weight_bytes", layer.weight_bytes), natural("dram_bytes", layer.dram_bytes_stated),
       one_of("phase", kPhases, layer.phase)});
  return layer;
}

ProgramTensor parse_tensor_line(const Words& words) {
  ProgramTensor tensor;
  tensor.role = static_cast<TensorRole>(
      parse_one_of(kTensorRoles, "tensor role", word_at(words, 1, "the tensor's role")));
  tensor.name = unquoted(word_at(words, 2, "the tensor's name"));
  const auto set_zero = [&](const Word& word) {
    tensor.zero_point =
        static_cast<std::int32_t>(parse_integer(word, "zero", -kInt32Max - 1, kInt32Max));
  };
  parse_attributes(words, 3,
                   {address("address", tensor.address),
                    natural("bytes", tensor.bytes),
                    {"format", [&](const Word& word) { tensor.format = parse_format(word); }},
                    {"scale", [&](const Word& word) { tensor.scale = parse_float(word, "scale"); }},
                    {"zero", set_zero},
                    shape("shape", tensor.shape),
                    shape("logical", tensor.logical_shape),
                    one_of("layout", kLayouts, tensor.layout)});
  return tensor;
}

DataLine parse_data_line(const Words& words) {
  DataLine line;
  line.address = parse_unsigned(word_at(words, 1, "the data's address"), "the data's address");
  parse_attributes(words, 2, {natural("bytes", line.bytes)});
  return line;
}

}  // namespace systolith
