#include "hw/dram/page_policy.h"

namespace systolith {

extern const Registration<PagePolicy> timeout_page = {
    "timeout", "A row is closed dram.page_timeout clocks after its last access.",
    [](const DramConfig& dram) -> PagePolicy {
      return {false, dram.page_timeout};
    }};

}  // namespace systolith
