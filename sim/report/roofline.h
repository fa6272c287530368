// Where a run and its layers lie under the machine's roofs. Williams, Waterman, Patterson:
// "Roofline", CACM 52(4), 2009, with MACs in the place of FLOPs, and a memory roof for each place
// that bytes come from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hw/arch/machine.h"
#include "sim/system/simulate.h"
#include "traces/format/program.h"

namespace systolith {

// A layer against all roofs.
struct RooflineLayer {
  std::string name;
  std::vector<std::int64_t> bytes;  // by memory roof
  double attainable = 0;            // MACs per second under the lowest roof
  double achieved = 0;  // MACs per second from its first work to its end, as its utilization
  std::string bound;    // "compute" or a memory roof's name: the lowest; empty where it did nothing
};

struct Roofline {
  double peak_macs_per_second = 0;   // of the mixture of formats that ran
  double peak_bytes_per_second = 0;  // of DRAM
  double operational_intensity = 0;  // MACs per DRAM byte
  double attainable = 0;             // MACs per second: min(peak, intensity * bandwidth)
  double achieved = 0;               // MACs per second
  std::string bound;                 // "compute" or "memory": which roof is above the point

  // What all PEs do a second, by the formats multiplied ("int8", "int8xint4").
  std::vector<std::pair<std::string, double>> compute_roofs;
  // Bytes a second: all cores' scratchpads, each level, DRAM. A level's is that of its banks, or of
  // its port's two directions where that is less.
  std::vector<std::pair<std::string, double>> memory_roofs;
  std::vector<RooflineLayer> layers;
};

Roofline roofline_of(const Machine& machine, const ProgramHeader& header, const RunResult& result);

}  // namespace systolith
