// Ctrl-C (and SIGTERM) asks the running command to stop at its next safe point; a second one ends
// the process at once.
#pragma once

namespace systolith::cli {

// Installs the handlers for its lifetime. Requires: one at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  bool pending() const;
  int exit_status() const;  // 128 + signal
};

bool interrupted();
// Throws UserError "interrupted" where a signal is pending.
void stop_if_interrupted();

}  // namespace systolith::cli
