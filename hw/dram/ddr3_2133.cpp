// DDR3-2133N (JEDEC JESD79-3F), tCK 0.938 ns, BL8, 64-bit channel of eight 4 Gb x8 devices.
#include "hw/dram/dram_standard.h"

namespace systolith {

extern const Registration<DramStandard> ddr3_2133 = {
    "ddr3_2133", "DDR3-2133, 64-bit channel: 17.1 GB/s, 4 GiB.", [] {
      DramStandard s{};
      s.clock = Hertz(1'066'666'667);
      s.burst = Bytes(64);
      s.burst_cycles = 4;
      s.RCDRD = s.RCDWR = 14;
      s.CL = 14;
      s.CWL = 10;
      s.geometry = {64, 1, 8, 65536, 1024};
      return s;
    }};

}  // namespace systolith
