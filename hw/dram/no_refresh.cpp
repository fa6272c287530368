#include "hw/dram/refresh_policy.h"

namespace systolith {

extern const Registration<RefreshPolicy> no_refresh = {
    "none", "No refresh: not a real device, but a bound.",
    [](const DramDevice&) { return RefreshPlan{}; }};

}  // namespace systolith
