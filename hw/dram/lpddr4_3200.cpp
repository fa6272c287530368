// LPDDR4-3200 (JEDEC JESD209-4), tCK 0.625 ns, BL16, one 16-bit channel.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> lpddr4_3200 = {
    "lpddr4_3200", "LPDDR4-3200, 16-bit channel: 6.4 GB/s, 1 GiB.", [] {
      DramStandard s{};
      s.clock = Hertz(1'600'000'000);
      s.burst = Bytes(32);
      s.burst_cycles = 8;
      s.RCDRD = s.RCDWR = 29;
      s.CL = 28;
      s.CWL = 14;
      s.geometry = {16, 1, 8, 65536, 1024};
      return s;
    }};

}  // namespace systolith
