// HBM2 at 2.0 Gb/s a pin (JEDEC JESD235), tCK 1 ns. A channel here is the 128-bit legacy channel:
// two 64-bit pseudo-channels in step, 32 B each in a burst of 4 (2 clocks).
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> hbm2_2000 = {
    "hbm2_2000", "HBM2 at 2 Gb/s, 128-bit channel: 32 GB/s, 1 GiB.", [] {
      DramStandard s{};
      s.clock = Hertz(1'000'000'000);
      s.burst = Bytes(64);
      s.burst_cycles = 2;
      s.RCDRD = 14;
      s.RCDWR = 12;
      s.CL = 14;
      s.CWL = 5;
      s.geometry = {128, 4, 4, 32768, 128};
      return s;
    }};

}  // namespace systolith
