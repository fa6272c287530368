#include "sim/report/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/text_table.h"

namespace systolith {

std::string progress_text(const std::string& label, Cycles now, double fraction,
                          double host_seconds) {
  constexpr int kBarWidth = 30;
  const int filled = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kBarWidth);
  const double rate = host_seconds > 0 ? static_cast<double>(now.count()) / host_seconds : 0;
  return fmt::format("{} [{:<{}}] {:3.0f}%  {} cycles  {} cycles/s", label,
                     std::string(static_cast<std::size_t>(filled), '#'), kBarWidth, 100 * fraction,
                     with_thousands(now.count()), human_si(rate));
}

ProgressLine::ProgressLine(std::string label, Style style, std::FILE* stream)
    : label_(std::move(label)),
      style_(style),
      stream_(stream),
      begin_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (open_line_) std::fputc('\n', stream_);
}

void ProgressLine::update(Cycles now, double fraction) {
  if (style_ == Style::hidden) return;
  const int tenths = static_cast<int>(fraction * 10);
  if (style_ == Style::lines && tenths <= tenths_shown_) return;
  tenths_shown_ = tenths;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
  const std::string text = progress_text(label_, now, fraction, elapsed.count());
  // \x1b[K clears what a longer line left behind.
  if (style_ == Style::redrawn)
    fmt::print(stream_, "\r{}\x1b[K", text);
  else
    fmt::print(stream_, "{}\n", text);
  open_line_ = style_ == Style::redrawn;
  std::fflush(stream_);
}

}  // namespace systolith
