// A VCD file of the run: per engine its state (a Cause's number, hw/base/activity.h) and its
// queue's level, per DMA engine the bytes it has in flight. Written under a temporary name and
// renamed by finish(); without it nothing is left behind.
#pragma once

#include <string>
#include <systemc>

#include "sim/system/top.h"

namespace systolith {

class Waveform {
 public:
  // Throws UserError where the path cannot be written. `path` is the file's final name.
  Waveform(const std::string& path, Top& top);
  ~Waveform();
  Waveform(const Waveform&) = delete;
  Waveform& operator=(const Waveform&) = delete;

  void finish();

 private:
  void trace(EngineModule& engine);

  std::string path_, temporary_;
  sc_core::sc_trace_file* file_;
};

}  // namespace systolith
