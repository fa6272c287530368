#include "traces/timeline/timeline.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "hw/base/error.h"

namespace systolith {
namespace {

constexpr std::size_t kCounterBins = 2048;
// System addresses from here on are shared levels (AddressMap in hw/arch/machine.h).
constexpr std::uint64_t kDramEnd = std::uint64_t{1} << 44;

// Names come from files of any encoding; what is no UTF-8 becomes U+FFFD.
std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Microseconds, to the femtosecond.
std::string microseconds(Femtoseconds t) {
  constexpr std::int64_t kPerMicrosecond = 1'000'000'000;
  std::string text =
      fmt::format("{}.{:09}", t.count() / kPerMicrosecond, t.count() % kPerMicrosecond);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

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

int process_of(CoreId core) { return static_cast<int>(core) + 1; }  // viewers reserve 0

}  // namespace

TimelineWriter::TimelineWriter(const std::string& path, const ProgramHeader& header,
                               ClockDomain clock)
    : header_(header),
      clock_(clock),
      file_(path),
      layers_(header.layers.size()),
      lanes_(header.cores),
      read_(kCounterBins),
      written_(kCounterBins) {
  for (const auto& layer : header.layers) layer_names_.push_back(json_text(layer.name));
  file_.write(
      fmt::format("{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"workload\":{},"
                  "\"machine\":{}}},\"traceEvents\":[",
                  json_text(header.workload), json_text(header.machine)));
  for (int core = 0; core < header.cores; ++core)
    name_process(process_of(static_cast<CoreId>(core)), fmt::format("core {}", core));
}

void TimelineWriter::add(const Command& command, Cycles start, Cycles finish) {
  const auto engine = static_cast<std::size_t>(command.engine());
  const auto layer = static_cast<std::size_t>(command.layer);
  const int process = process_of(command.core);
  auto& lanes = lanes_.at(static_cast<std::size_t>(command.core)).at(engine);
  const std::size_t known = lanes.count();
  const std::size_t lane = lanes.place(start, finish);
  const std::size_t track = lane * kEngines + engine + 1;
  if (lane == known) {
    const auto name = to_string(command.engine());
    name_track(process, track, engine * 1000 + lane,
               lane == 0 ? std::string(name) : fmt::format("{} ({})", name, lane + 1));
  }
  event(fmt::format(
      "\"ph\":\"X\",\"pid\":{},\"tid\":{},\"name\":\"{}\",{},\"args\":{{"
      "\"layer\":{},\"opcode\":\"{}\",\"index\":{}{}}}",
      process, track, to_string(command.opcode()), span(start, finish), layer_names_.at(layer),
      to_string(command.opcode()), command.index, amount(command.operation)));
  Interval& interval = layers_[layer];
  interval.start = interval.any ? std::min(interval.start, start) : start;
  interval.finish = std::max(interval.finish, finish);
  interval.any = true;
  const auto* load = std::get_if<Load>(&command.operation);
  const auto* store = std::get_if<Store>(&command.operation);
  if (load != nullptr && load->system_address < kDramEnd)
    read_.add(start, finish, Bytes(load->bytes()));
  if (store != nullptr && store->system_address < kDramEnd)
    written_.add(start, finish, Bytes(store->bytes()));
}

void TimelineWriter::close() {
  layer_events();
  counter_events();
  file_.write("\n]}\n");
  file_.commit();
}

// One event's members, on a line of its own.
void TimelineWriter::event(const std::string& json) {
  file_.write(first_event_ ? "\n{" : ",\n{");
  file_.write(json);
  file_.write("}");
  first_event_ = false;
}

void TimelineWriter::name_process(int process, const std::string& name) {
  event(fmt::format("\"ph\":\"M\",\"pid\":{},\"name\":\"process_name\",\"args\":{{\"name\":{}}}",
                    process, json_text(name)));
}

void TimelineWriter::name_track(int process, std::size_t track, std::size_t order,
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

void TimelineWriter::layer_events() {
  const int process = header_.cores + 1;
  name_process(process, "layers");
  std::vector<std::size_t> order(layers_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return layers_[a].start < layers_[b].start;
  });
  Lanes lanes;
  for (const std::size_t layer : order) {
    const Interval& interval = layers_[layer];
    if (!interval.any) continue;
    const std::size_t known = lanes.count();
    const std::size_t lane = lanes.place(interval.start, interval.finish);
    if (lane == known) name_track(process, lane + 1, lane, fmt::format("layers ({})", lane + 1));
    event(
        fmt::format("\"ph\":\"X\",\"pid\":{},\"tid\":{},\"name\":{},{},\"args\":{{\"layer\":{},"
                    "\"op\":{},\"macs\":{}}}",
                    process, lane + 1, layer_names_[layer], span(interval.start, interval.finish),
                    layer, json_text(header_.layers[layer].op), header_.layers[layer].macs));
  }
}

void TimelineWriter::counter_events() {
  const int process = header_.cores + 2;
  name_process(process, "DRAM");
  const std::pair<const char*, const RateBins*> counters[] = {{"read", &read_},
                                                              {"written", &written_}};
  for (const auto& [name, bins] : counters) {
    if (bins->used() == 0) continue;
    for (std::size_t bin = 0; bin <= bins->used(); ++bin) {
      const std::int64_t bytes = bin < bins->used() ? bins->at(bin).count() : 0;
      const Cycles begin = bins->width() * static_cast<std::int64_t>(bin);
      const Femtoseconds width = clock_.edge(begin + bins->width()) - clock_.edge(begin);
      // bytes per femtosecond are petabytes per second
      const double gigabytes_per_second =
          static_cast<double>(bytes) / static_cast<double>(width.count()) * 1e6;
      event(
          fmt::format("\"ph\":\"C\",\"pid\":{},\"name\":\"{} GB/s\",\"ts\":{},"
                      "\"args\":{{\"GB/s\":{:.3f}}}",
                      process, name, microseconds(clock_.edge(begin)), gigabytes_per_second));
    }
  }
}

std::string TimelineWriter::span(Cycles start, Cycles finish) const {
  const Femtoseconds begin = clock_.edge(start);
  return fmt::format("\"ts\":{},\"dur\":{}", microseconds(begin),
                     microseconds(clock_.edge(finish) - begin));
}

}  // namespace systolith
