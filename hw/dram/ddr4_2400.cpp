// DDR4-2400R (JEDEC JESD79-4), tCK 0.833 ns, BL8, 64-bit channel of eight 8 Gb x8 devices.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr4_2400 = {
    "ddr4_2400", "DDR4-2400, 64-bit channel: 19.2 GB/s, 8 GiB.", [] {
      DramStandard s{};
      s.clock = Hertz(1'200'000'000);
      s.burst = Bytes(64);
      s.burst_cycles = 4;
      s.RCDRD = s.RCDWR = 17;
      s.CL = 17;
      s.CWL = 12;
      s.geometry = {64, 4, 4, 65536, 1024};
      return s;
    }};

}  // namespace systolith
