// A progress line on stderr: percent, simulated cycles, simulated cycles per host second. On a
// terminal it is redrawn in place; elsewhere a line appears at every tenth.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "hw/base/units.h"

namespace systolith {

class ProgressLine {
 public:
  enum class Style { hidden, redrawn, lines };
  ProgressLine(std::string label, Style style, std::FILE* stream = stderr);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `fraction` in 0..1, not falling.
  void update(Cycles now, double fraction);

 private:
  std::string label_;
  Style style_;
  std::FILE* stream_;
  std::chrono::steady_clock::time_point begin_;
  int tenths_shown_ = -1;
  bool open_line_ = false;
};

// "label [#####     ]  50%  1,234 cycles  5.6 M cycles/s"
std::string progress_text(const std::string& label, Cycles now, double fraction,
                          double host_seconds);

}  // namespace systolith
