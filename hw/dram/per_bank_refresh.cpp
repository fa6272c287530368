#include "hw/dram/refresh_policy.h"

namespace systolith {
namespace {

std::vector<std::vector<std::int32_t>> turns_of(const DramDevice& device) {
  const ChannelShape& shape = device.shape;
  const bool of_every_group = device.standard.refreshes_a_bank_of_every_group;
  std::vector<std::vector<std::int32_t>> turns(
      static_cast<std::size_t>(of_every_group ? shape.banks : shape.banks_of_rank()));
  for (std::int32_t bank = 0; bank < shape.banks_of_rank(); ++bank)
    turns[static_cast<std::size_t>(of_every_group ? bank % shape.banks : bank)].push_back(bank);
  return turns;
}

}  // namespace

extern const Registration<RefreshPolicy> per_bank_refresh = {
    "per_bank", "Bank after bank, every bank once in REFI; the others go on.",
    [](const DramDevice& device) {
      if (!device.timings.has(Timing::RFCB))
        user_error("dram.refresh: {} has no refresh of one bank (allowed: all_bank, none)",
                   device.name);
      RefreshPlan plan{
          DramCommand::refresh_bank, {}, device.timings[Timing::RFCB], turns_of(device)};
      plan.interval = device.timings[Timing::REFI] / static_cast<std::int64_t>(plan.turns.size());
      if (plan.interval <= device.timings[Timing::RREFD])
        user_error("dram.timing: REFI of {} gives every bank's refresh {} clocks, but RREFD is {}",
                   device.timings[Timing::REFI].count(), plan.interval.count(),
                   device.timings[Timing::RREFD].count());
      return plan;
    }};

}  // namespace systolith
