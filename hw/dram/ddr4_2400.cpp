// DDR4-2400R (JEDEC JESD79-4), tCK 0.833 ns, BL8, 64-bit channel of eight 8 Gb x8 devices.
#include "hw/dram/dram_standard.h"

namespace systolith {
namespace {

class Standard final : public DramStandard {
 public:
  DramStandardFacts facts() const override {
    DramStandardFacts facts;
    facts.name = "ddr4_2400";
    facts.clock = Hertz(1'200'000'000);
    facts.burst = Bytes(64);
    facts.burst_cycles = Cycles(4);
    facts.read_latency = Cycles(17 + 17);   // RCD + CL
    facts.write_latency = Cycles(17 + 12);  // RCD + CWL
    facts.capacity = geometry().capacity();
    return facts;
  }
  DramGeometry geometry() const override { return {64, 4, 4, 65536, 1024}; }
};

}  // namespace

extern const Registration<DramStandard> ddr4_2400 = {
    "ddr4_2400", "DDR4-2400, 64-bit channel: 19.2 GB/s, 8 GiB.", []() -> const DramStandard& {
      static const Standard standard;
      return standard;
    }};

}  // namespace systolith
