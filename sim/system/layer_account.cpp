#include "sim/system/layer_account.h"

#include <algorithm>

#include "hw/base/error.h"

namespace systolith {
namespace {

// Causes whose cycles count together: several reasons of one delay.
std::size_t kind_of(std::size_t cause) {
  switch (static_cast<Cause>(cause)) {
    case Cause::row_miss:
    case Cause::refresh:
    case Cause::write_drain:
    case Cause::dram_queue:
      return static_cast<std::size_t>(Cause::dram);
    case Cause::level_miss:
      return static_cast<std::size_t>(Cause::level_bank);
    default:
      return cause;
  }
}

// The largest cause of the largest kind.
Cause most_of(const CauseCycles& cycles) {
  CauseCycles kinds{};
  for (std::size_t i = 0; i < kCauses; ++i) kinds[kind_of(i)] += cycles[i];
  const auto kind =
      static_cast<std::size_t>(std::max_element(kinds.begin(), kinds.end()) - kinds.begin());
  std::size_t most = kind;
  for (std::size_t i = 0; i < kCauses; ++i)
    if (kind_of(i) == kind && cycles[i] > cycles[most]) most = i;
  return static_cast<Cause>(most);
}

}  // namespace

void LayerAccount::retired(const Command& command, Cycles start, Cycles finish,
                           const CommandWork& work, const CauseCycles& spent) {
  const auto index = static_cast<std::size_t>(command.layer);
  if (index >= layers_.size())
    user_error("malformed program: {} belongs to layer {} of {}", describe(command), index,
               layers_.size());
  Layer& layer = layers_[index];
  LayerReport& report = layer.report;
  report.start = layer.ran ? std::min(report.start, start) : start;
  report.end = finish;
  if (command.opcode() != Opcode::load) {
    report.work_start = layer.worked ? std::min(report.work_start, start) : start;
    layer.worked = true;
  }
  layer.ran = true;
  layer.spent_at_end = spent;
  if (const auto* matmul = std::get_if<Matmul>(&command.operation))
    report.stationary.insert(matmul->stationary);
  report.macs += work.macs;
  report.mac_slots += work.mac_slots;
  report.array_busy += work.array_busy;
  report.vector_busy += work.vector_busy;
  report.load_bytes += work.load_bytes;
  report.store_bytes += work.store_bytes;
  report.dram_bytes += work.dram_bytes;
  report.moved.scratchpad += work.scratchpad_bytes;
}

std::vector<LayerReport> LayerAccount::reports() const {
  std::vector<LayerReport> reports;
  Cycles reached;
  CauseCycles before{};
  for (const Layer& layer : layers_) {
    LayerReport report = layer.report;
    if (report.end > reached) {
      report.cycles = report.end - reached;
      CauseCycles within;
      for (std::size_t i = 0; i < kCauses; ++i) within[i] = layer.spent_at_end[i] - before[i];
      report.bound_by = most_of(within);
      reached = report.end;
      before = layer.spent_at_end;
    }
    reports.push_back(report);
  }
  return reports;
}

}  // namespace systolith
