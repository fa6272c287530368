// HBM2 at 2.0 Gb/s a pin (JEDEC JESD235), tCK 1 ns. A channel here is the 128-bit legacy channel:
// two 64-bit pseudo-channels in step, 32 B each in a burst of 4 (2 clocks).
#include "hw/dram/dram_standard.h"

namespace systolith {
namespace {

class Standard final : public DramStandard {
 public:
  DramStandardFacts facts() const override {
    DramStandardFacts facts;
    facts.name = "hbm2_2000";
    facts.clock = Hertz(1'000'000'000);
    facts.burst = Bytes(64);
    facts.burst_cycles = Cycles(2);
    facts.read_latency = Cycles(14 + 14);  // RCD + CL
    facts.write_latency = Cycles(12 + 5);  // RCD + CWL
    facts.capacity = geometry().capacity();
    return facts;
  }
  DramGeometry geometry() const override { return {128, 4, 4, 32768, 128}; }
};

}  // namespace

extern const Registration<DramStandard> hbm2_2000 = {
    "hbm2_2000", "HBM2 at 2 Gb/s, 128-bit channel: 32 GB/s, 1 GiB.", []() -> const DramStandard& {
      static const Standard standard;
      return standard;
    }};

}  // namespace systolith
