#include <numeric>

#include "hw/dram/refresh_policy.h"

namespace systolith {

extern const Registration<RefreshPolicy> all_bank_refresh = {
    "all_bank", "All banks of a rank at once, every REFI.", [](const DramDevice& device) {
      std::vector<std::int32_t> all(static_cast<std::size_t>(device.shape.banks_of_rank()));
      std::iota(all.begin(), all.end(), 0);
      return RefreshPlan{DramCommand::refresh_all,
                         device.timings[Timing::REFI],
                         device.timings[Timing::RFC],
                         {all}};
    }};

}  // namespace systolith
