#include "traces/format/text_reader.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "hw/base/error.h"
#include "traces/format/header_lines.h"
#include "traces/format/text_words.h"
#include "traces/format/validate.h"

namespace systolith {
namespace {

constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();

class TextReader {
 public:
  TextReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Program run() {
    Words words;
    if (!next_line(words)) fail_at_end("the file is empty");
    parse_version_line(words);
    bool ended = false;
    while (!ended) {
      if (!next_line(words)) fail_at_end("the program is cut off: its 'end' is missing");
      ended = words[0].text == "end";
      if (!ended) statement(words);
    }
    no_more_words(words, 1);
    finish(words[0].where);
    if (next_line(words))
      throw UserError(words[0].where, "unexpected text after the program's 'end'");
    return std::move(program_);
  }

 private:
  // The words of the next line that has any; false at the end of the text.
  bool next_line(Words& words) {
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      words = split_line(text_.substr(at_, end - at_), file_, ++line_);
      at_ = end + 1;
      if (!words.empty()) return true;
    }
    return false;
  }

  [[noreturn]] void fail_at_end(const char* reason) const {
    throw UserError(SourcePosition{file_, line_ + 1, 1}, reason);
  }

  // Runs f; a UserError without a place in it is one at `where`.
  template <class F>
  void located(const SourcePosition& where, F&& f) {
    try {
      f();
    } catch (const UserError& error) {
      if (error.where().line != 0) throw;
      throw UserError(where, error.what());
    }
  }

  void statement(const Words& words) {
    const std::string_view keyword = words[0].text;
    if (keyword == "core") return begin_core(words);
    if (keyword.back() == ':') return command(words);
    if (validator_)
      throw UserError(words[0].where,
                      fmt::format("unexpected '{}'; allowed here: a command as '{}: name ...', "
                                  "core, end",
                                  keyword, core_ ? program_.streams[*core_].size() : 0));
    header_statement(words);
  }

  void header_statement(const Words& words) {
    ProgramHeader& header = program_.header;
    const std::string_view keyword = words[0].text;
    if (keyword == "workload") {
      header.workload = unquoted(word_at(words, 1, "the workload's name"));
      no_more_words(words, 2);
    } else if (keyword == "machine") {
      parse_machine_line(words, header);
    } else if (keyword == "cores") {
      header.cores = static_cast<std::uint16_t>(parse_integer(
          word_at(words, 1, "the number of cores"), "the number of cores", 1, 0xffff));
      no_more_words(words, 2);
    } else if (keyword == "memory") {
      parse_memory_line(words, header);
    } else if (keyword == "layer") {
      header.layers.push_back(parse_layer_line(words, header.layers.size()));
    } else if (keyword == "tensor") {
      header.tensors.push_back(parse_tensor_line(words));
    } else if (keyword == "data") {
      header.data.push_back(data(parse_data_line(words)));
    } else {
      throw UserError(words[0].where,
                      unknown_name_message("statement", keyword,
                                           {"workload", "machine", "cores", "memory", "layer",
                                            "tensor", "data", "core", "end"}));
    }
  }

  ProgramData data(const DataLine& line) {
    ProgramData data{line.address, {}};
    Words words;
    const auto size = static_cast<std::size_t>(line.bytes);
    while (data.bytes.size() < size) {
      if (!next_line(words)) fail_at_end("the program is cut off inside its data");
      for (const Word& word : words) hex_bytes(word, size, data.bytes);
    }
    return data;
  }

  static void hex_bytes(const Word& word, std::size_t size, std::vector<std::uint8_t>& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto refuse = [&](const std::string& reason) { throw UserError(word.where, reason); };
    if (word.text.size() % 2 != 0) refuse("data has two hexadecimal digits for each byte");
    for (std::size_t i = 0; i < word.text.size(); i += 2) {
      const auto high = kDigits.find(word.text[i]), low = kDigits.find(word.text[i + 1]);
      if (high == std::string_view::npos || low == std::string_view::npos)
        refuse("data consists of hexadecimal digits 0-9 and a-f");
      bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    if (bytes.size() > size) refuse(fmt::format("there are more than the {} bytes stated", size));
  }

  // Streams begin: the header is complete.
  void finish_header(const SourcePosition& where) {
    if (validator_) return;
    located(where, [&] { validator_.emplace(program_.header); });
    program_.streams.resize(program_.header.cores);
    seen_.resize(program_.header.cores);
  }

  void begin_core(const Words& words) {
    finish_header(words[0].where);
    const auto core = static_cast<std::size_t>(parse_integer(
        word_at(words, 1, "the core's number"), "the core's number", 0, program_.header.cores - 1));
    no_more_words(words, 2);
    if (seen_[core])
      throw UserError(words[1].where, fmt::format("core {} has a stream already", core));
    seen_[core] = true;
    core_ = core;
  }

  void command(const Words& words) {
    if (!core_) throw UserError(words[0].where, "a command needs a 'core' statement before it");
    auto& stream = program_.streams[*core_];
    Word index = words[0];
    index.text.remove_suffix(1);
    Command command;
    command.core = static_cast<CoreId>(*core_);
    command.index =
        static_cast<std::uint64_t>(parse_integer(index, "the command's index", 0, kInt64Max));
    command.operation = default_operation(parse_opcode(word_at(words, 1, "a command's name")));
    std::size_t at = 2;
    if (words.size() > at && words[at].text == "after") at = parse_after(words, at + 1, command);
    for (std::size_t i = at; i < words.size(); ++i) {
      refuse_duplicate(words, at, i);
      field(words[i], command);
    }
    located(words[0].where, [&] { validator_->command(command); });
    stream.push_back(std::move(command));
  }

  // From the word after "after" to the first field, whose position is the result.
  static std::size_t parse_after(const Words& words, std::size_t at, Command& command) {
    word_at(words, at, "an index to wait for");
    for (; at < words.size() && words[at].text.find('=') == std::string_view::npos; ++at) {
      Word index = words[at];
      CommandRef ref{command.core, 0};
      if (const std::size_t colon = index.text.find(':'); colon != std::string_view::npos) {
        const Word core{index.text.substr(0, colon), index.where};
        ref.core = static_cast<CoreId>(parse_integer(core, "a core to wait for", 0, 0xffff));
        index.text.remove_prefix(colon + 1);
        index.where.column += static_cast<int>(colon) + 1;
      }
      ref.index =
          static_cast<std::uint64_t>(parse_integer(index, "an index to wait for", 0, kInt64Max));
      command.after.push_back(ref);
    }
    return at;
  }

  static void refuse_duplicate(const Words& words, std::size_t begin, std::size_t i) {
    const auto name = [](const Word& word) { return word.text.substr(0, word.text.find('=')); };
    for (std::size_t j = begin; j < i; ++j)
      if (name(words[j]) == name(words[i]))
        throw UserError(words[i].where, fmt::format("{} is given twice", name(words[i])));
  }

  static void field(const Word& word, Command& command) {
    const std::size_t equals = word.text.find('=');
    const std::string_view name = word.text.substr(0, equals);
    if (equals == std::string_view::npos || (name != "layer" && name != "tenant"))
      return parse_field(word, command.operation);
    Word value{word.text.substr(equals + 1), word.where};
    value.where.column += static_cast<int>(equals) + 1;
    if (name == "layer")
      command.layer = static_cast<LayerId>(parse_integer(value, name, 0, 0xffffffff));
    else
      command.tenant = static_cast<TenantId>(parse_integer(value, name, 0, 0xffff));
  }

  void finish(const SourcePosition& where) {
    finish_header(where);
    located(where, [&] { validator_->finish(); });
  }

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
  int line_ = 0;
  Program program_;
  std::optional<ProgramValidator> validator_;  // once the header is complete
  std::vector<bool> seen_;                     // streams, per core
  std::optional<std::size_t> core_;            // whose stream is being read
};

}  // namespace

Program parse_text_program(std::string_view text, const std::string& file) {
  return TextReader(text, file).run();
}

}  // namespace systolith
