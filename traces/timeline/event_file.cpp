#include "traces/timeline/event_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace systolith {
namespace {

// What a command moves or computes, as a further argument of its event.
std::string amount(const Operation& operation) {
  if (const auto* load = std::get_if<Load>(&operation))
    return fmt::format(",\"bytes\":{}", load->bytes());
  if (const auto* store = std::get_if<Store>(&operation))
    return fmt::format(",\"bytes\":{}", store->bytes());
  if (const auto* matmul = std::get_if<Matmul>(&operation))
    return fmt::format(",\"macs\":{}", matmul->macs());
  return "";
}

}  // namespace

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string microseconds(Femtoseconds t) {
  constexpr std::int64_t kPerMicrosecond = 1'000'000'000;
  std::string text =
      fmt::format("{}.{:09}", t.count() / kPerMicrosecond, t.count() % kPerMicrosecond);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

EventFile::EventFile(const std::string& path, ClockDomain clock,
                     const std::vector<std::pair<std::string, std::string>>& about)
    : clock_(clock), file_(path) {
  std::string members;
  for (const auto& [name, value] : about)
    members +=
        fmt::format("{}{}:{}", members.empty() ? "" : ",", json_text(name), json_text(value));
  file_.write(
      fmt::format("{{\"displayTimeUnit\":\"ns\",\"otherData\":{{{}}},\"traceEvents\":[", members));
}

void EventFile::event(const std::string& json) {
  file_.write(first_ ? "\n{" : ",\n{");
  file_.write(json);
  file_.write("}");
  first_ = false;
}

void EventFile::name_process(int process, const std::string& name) {
  event(fmt::format("\"ph\":\"M\",\"pid\":{},\"name\":\"process_name\",\"args\":{{\"name\":{}}}",
                    process, json_text(name)));
}

void EventFile::name_track(int process, std::size_t track, std::size_t order,
                           const std::string& name) {
  event(
      fmt::format("\"ph\":\"M\",\"pid\":{},\"tid\":{},\"name\":\"thread_name\","
                  "\"args\":{{\"name\":{}}}",
                  process, track, json_text(name)));
  event(
      fmt::format("\"ph\":\"M\",\"pid\":{},\"tid\":{},\"name\":\"thread_sort_index\","
                  "\"args\":{{\"sort_index\":{}}}",
                  process, track, order));
}

std::string EventFile::span(Cycles start, Cycles finish) const {
  const Femtoseconds begin = clock_.edge(start);
  return fmt::format("\"ts\":{},\"dur\":{}", microseconds(begin),
                     microseconds(clock_.edge(finish) - begin));
}

void EventFile::close() {
  file_.write("\n]}\n");
  file_.commit();
}

void CommandTracks::add(const Command& command, Cycles start, Cycles finish,
                        const std::string& layer) {
  const auto engine = static_cast<std::size_t>(command.engine());
  Lanes& lanes = lanes_.at(engine);
  const std::size_t known = lanes.count();
  const std::size_t lane = lanes.place(start, finish);
  const std::size_t track = lane * kEngines + engine + 1;
  if (lane == known) {
    const auto name = to_string(command.engine());
    file_->name_track(process_, track, engine * 1000 + lane,
                      lane == 0 ? std::string(name) : fmt::format("{} ({})", name, lane + 1));
  }
  file_->event(
      fmt::format("\"ph\":\"X\",\"pid\":{},\"tid\":{},\"name\":\"{}\",{},\"args\":{{"
                  "\"layer\":{},\"opcode\":\"{}\",\"index\":{}{}}}",
                  process_, track, to_string(command.opcode()), file_->span(start, finish), layer,
                  to_string(command.opcode()), command.index, amount(command.operation)));
}

}  // namespace systolith
