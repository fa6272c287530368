#include "traces/format/text_words.h"

#include <cctype>

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr std::string_view kBlanks = " \t\r";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The word's end: the closing quotation mark's successor, or the next blank.
std::size_t end_of_word(std::string_view line, std::size_t begin) {
  if (line[begin] != '"') return std::min(line.find_first_of(kBlanks, begin), line.size());
  std::size_t at = begin + 1;
  while (at < line.size() && line[at] != '"') at += line[at] == '\\' ? 2 : 1;
  return std::min(at + 1, line.size());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The character that the escape at `at` (after the backslash) stands for; moves `at` to its end.
// -1 where it is none.
int escaped(std::string_view text, std::size_t& at) {
  if (at >= text.size()) return -1;
  if (text[at] == '"' || text[at] == '\\') return text[at];
  if (text[at] != 'x' || at + 2 >= text.size()) return -1;
  const int high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
  at += 2;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out.append({'\\', c});
    else if (is_control(c))
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out += '"';
}

std::string unquoted(const Word& word) {
  const std::string_view text = word.text;
  const auto refuse = [&](const char* reason) { throw UserError(word.where, reason); };
  if (text.empty() || text[0] != '"') refuse("expected text between quotation marks");
  std::string out;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    const int c = escaped(text, ++at);
    if (c < 0) refuse(R"(a backslash is followed by ", \ or x and two hexadecimal digits)");
    out += static_cast<char>(c);
  }
  if (at != text.size() - 1) refuse("the closing quotation mark is missing");
  return out;
}

std::vector<Word> split_line(std::string_view line, const std::string& file, int number) {
  std::vector<Word> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(kBlanks, at)) != std::string_view::npos && line[at] != '#') {
    const std::size_t end = end_of_word(line, at);
    words.push_back({line.substr(at, end - at), {file, number, static_cast<int>(at) + 1}});
    at = end;
  }
  return words;
}

}  // namespace systolith
