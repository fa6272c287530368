// One SystemC kernel for one run. The library keeps a single global simulation context in which a
// second elaboration fails; this object puts a fresh one in its place and takes it away again, so
// that any number of runs fit in a process. One run at a time: it holds a process-wide lock.
//
// Requires: every module made under it is destroyed before it; processes are SC_METHODs only
// (stacks of SC_THREADs are never unwound).
#pragma once

#include <mutex>
#include <systemc>

namespace systolith {

class SystemcKernel {
 public:
  SystemcKernel();  // time resolution 1 fs; SC_ERROR and SC_FATAL throw sc_core::sc_report
  ~SystemcKernel();
  SystemcKernel(const SystemcKernel&) = delete;
  SystemcKernel& operator=(const SystemcKernel&) = delete;

 private:
  std::lock_guard<std::mutex> lock_;
  sc_core::sc_simcontext* current_before_;
  sc_core::sc_simcontext* default_before_;
};

}  // namespace systolith
