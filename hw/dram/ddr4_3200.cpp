// DDR4-3200AA (JEDEC JESD79-4), tCK 0.625 ns, BL8, 64-bit channel of eight 8 Gb x8 devices.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr4_3200 = {
    "ddr4_3200", "DDR4-3200, 64-bit channel: 25.6 GB/s, 8 GiB.", [] {
      DramStandard s{};
      s.clock = Hertz(1'600'000'000);
      s.burst = Bytes(64);
      s.burst_cycles = 4;
      s.RCDRD = s.RCDWR = 22;
      s.CL = 22;
      s.CWL = 16;
      s.geometry = {64, 4, 4, 65536, 1024};
      return s;
    }};

}  // namespace systolith
