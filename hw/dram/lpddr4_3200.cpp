// LPDDR4-3200 (JEDEC JESD209-4), tCK 0.625 ns, BL16, one 16-bit channel.
#include "hw/dram/dram_standard.h"

namespace systolith {
namespace {

class Standard final : public DramStandard {
 public:
  DramStandardFacts facts() const override {
    DramStandardFacts facts;
    facts.name = "lpddr4_3200";
    facts.clock = Hertz(1'600'000'000);
    facts.burst = Bytes(32);
    facts.burst_cycles = Cycles(8);
    facts.read_latency = Cycles(29 + 28);   // RCD + CL
    facts.write_latency = Cycles(29 + 14);  // RCD + CWL
    facts.capacity = geometry().capacity();
    return facts;
  }
  DramGeometry geometry() const override { return {16, 1, 8, 65536, 1024}; }
};

}  // namespace

extern const Registration<DramStandard> lpddr4_3200 = {
    "lpddr4_3200", "LPDDR4-3200, 16-bit channel: 6.4 GB/s, 1 GiB.", []() -> const DramStandard& {
      static const Standard standard;
      return standard;
    }};

}  // namespace systolith
