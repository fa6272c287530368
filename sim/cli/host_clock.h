// Host time and memory, for the report's `host` section. Starts counting when the process does.
#pragma once

#include <chrono>

#include "sim/report/json.h"

namespace systolith::cli {

// CPU seconds of this process so far, user and system.
double cpu_seconds();

class HostClock {
 public:
  // Marks the end of what turned the workload into a program.
  void compiled() { compiled_at_ = cpu_seconds(); }
  // Call when the simulation has ended: everything since compiled() was simulation.
  HostReport report() const;

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double compiled_at_ = 0;
};

}  // namespace systolith::cli
