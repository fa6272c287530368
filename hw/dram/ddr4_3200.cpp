// DDR4-3200AA (JEDEC JESD79-4), tCK 0.625 ns, BL8, 64-bit channel of eight 8 Gb x8 devices.
#include "hw/dram/dram_standard.h"

namespace systolith {
namespace {

class Standard final : public DramStandard {
 public:
  DramStandardFacts facts() const override {
    DramStandardFacts facts;
    facts.name = "ddr4_3200";
    facts.clock = Hertz(1'600'000'000);
    facts.burst = Bytes(64);
    facts.burst_cycles = Cycles(4);
    facts.read_latency = Cycles(22 + 22);   // RCD + CL
    facts.write_latency = Cycles(22 + 16);  // RCD + CWL
    facts.capacity = geometry().capacity();
    return facts;
  }
  DramGeometry geometry() const override { return {64, 4, 4, 65536, 1024}; }
};

}  // namespace

extern const Registration<DramStandard> ddr4_3200 = {
    "ddr4_3200", "DDR4-3200, 64-bit channel: 25.6 GB/s, 8 GiB.", []() -> const DramStandard& {
      static const Standard standard;
      return standard;
    }};

}  // namespace systolith
