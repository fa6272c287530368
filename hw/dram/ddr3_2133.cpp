// DDR3-2133N (JEDEC JESD79-3F), tCK 0.938 ns, BL8, 64-bit channel of eight 4 Gb x8 devices.
#include "hw/dram/dram_standard.h"

namespace systolith {
namespace {

class Standard final : public DramStandard {
 public:
  DramStandardFacts facts() const override {
    DramStandardFacts facts;
    facts.name = "ddr3_2133";
    facts.clock = Hertz(1'066'666'667);
    facts.burst = Bytes(64);
    facts.burst_cycles = Cycles(4);
    facts.read_latency = Cycles(14 + 14);   // RCD + CL
    facts.write_latency = Cycles(14 + 10);  // RCD + CWL
    facts.capacity = geometry().capacity();
    return facts;
  }
  DramGeometry geometry() const override { return {64, 1, 8, 65536, 1024}; }
};

}  // namespace

extern const Registration<DramStandard> ddr3_2133 = {
    "ddr3_2133", "DDR3-2133, 64-bit channel: 17.1 GB/s, 4 GiB.", []() -> const DramStandard& {
      static const Standard standard;
      return standard;
    }};

}  // namespace systolith
