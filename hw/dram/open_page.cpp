#include "hw/dram/page_policy.h"

namespace systolith {

extern const Registration<PagePolicy> open_page = {
    "open", "A row stays open until another one of its bank is wanted.",
    [](const DramConfig&) -> PagePolicy {
      return {false, PagePolicy::kNever};
    }};

}  // namespace systolith
