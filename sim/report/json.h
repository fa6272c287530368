// report.json: the machine-readable report. Key order is fixed and numbers print as the shortest
// text that reads back the same, so that equal runs give equal bytes ("host" aside).
#pragma once

#include <cstdint>
#include <string>

#include "sim/report/report.h"

namespace systolith {

// What the run cost the computer it ran on; the only part that differs between equal runs.
struct HostReport {
  double wall_seconds = 0;          // of the whole process
  double cpu_seconds = 0;           // of the whole process, user and system
  double compile_seconds = 0;       // CPU: reading or building the graph, and compiling it
  double simulate_cpu_seconds = 0;  // CPU: elaboration and simulation
  std::int64_t peak_rss_bytes = 0;
};

// Ends in a newline.
std::string to_json(const Report& report, const HostReport& host);

}  // namespace systolith
