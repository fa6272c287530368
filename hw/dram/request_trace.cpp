#include "hw/dram/request_trace.h"

#include <charconv>
#include <filesystem>

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr const char* kForm = "expected 'R 0xADDRESS' or 'W 0xADDRESS', and optionally a clock";

// Takes the next word off the line; empty at its end.
std::string_view take_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

template <class Number>
bool parse_number(std::string_view text, int base, Number& number) {
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, base);
  return !text.empty() && result.ec == std::errc() && result.ptr == end;
}

}  // namespace

RequestTrace::RequestTrace(const std::string& path, const DramConfig& dram)
    : path_(path), burst_(dram.burst()), capacity_(dram.capacity()) {
  if (!std::filesystem::exists(path)) user_error("request trace '{}' does not exist", path);
  if (std::filesystem::is_directory(path)) user_error("request trace '{}' is not a file", path);
  file_.open(path);
  if (!file_) user_error("request trace '{}' cannot be read", path);
}

bool RequestTrace::next(TraceRequest& request) {
  while (std::getline(file_, line_)) {
    ++number_;
    const std::string_view line = std::string_view(line_).substr(0, line_.find('#'));
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    request = parse(line);
    check(request);
    last_issue_ = request.issue;
    return true;
  }
  if (file_.bad()) user_error("request trace '{}' cannot be read to its end", path_);
  return false;
}

TraceRequest RequestTrace::parse(std::string_view line) const {
  const std::string_view all = line;
  const std::string_view kind = take_word(line), address = take_word(line);
  const std::string_view issue = take_word(line), rest = take_word(line);
  const auto refuse = [&] { fail(fmt::format("'{}' is not a request: {}", all, kForm)); };
  TraceRequest request{0, kind == "W", last_issue_};
  if ((kind != "R" && kind != "W") || address.substr(0, 2) != "0x" || !rest.empty()) refuse();
  if (!parse_number(address.substr(2), 16, request.address)) refuse();
  std::int64_t clock = last_issue_.count();
  if (!issue.empty() && (!parse_number(issue, 10, clock) || clock < 0)) refuse();
  request.issue = Cycles(clock);
  return request;
}

void RequestTrace::check(const TraceRequest& request) const {
  const auto burst = static_cast<std::uint64_t>(burst_.count());
  if (request.address % burst != 0)
    fail(fmt::format("address {:#x} is not a multiple of the burst of {} B", request.address,
                     burst_.count()));
  if (request.address >= static_cast<std::uint64_t>(capacity_.count()))
    fail(fmt::format("address {:#x} is beyond the capacity of {:#x} ({} B)", request.address,
                     capacity_.count(), capacity_.count()));
  if (request.issue < last_issue_)
    fail(fmt::format("clock {} comes after clock {}", request.issue.count(), last_issue_.count()));
}

void RequestTrace::fail(const std::string& message) const {
  throw UserError({path_, number_, 0}, message);
}

}  // namespace systolith
