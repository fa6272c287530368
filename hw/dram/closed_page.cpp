#include "hw/dram/page_policy.h"

namespace systolith {

extern const Registration<PagePolicy> closed_page = {
    "closed", "A row is closed with the last waiting access to it (auto-precharge).",
    [](const DramConfig&) -> PagePolicy {
      return {true, PagePolicy::kNever};
    }};

}  // namespace systolith
