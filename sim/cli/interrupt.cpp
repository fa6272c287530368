#include "sim/cli/interrupt.h"

#include <csignal>

#include "hw/base/error.h"

namespace systolith::cli {
namespace {

volatile std::sig_atomic_t pending_signal = 0;

void remember(int signal) { pending_signal = signal; }

void install(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  // One shot: the second signal finds the default action and ends the process.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  pending_signal = 0;
  install(SIGINT, remember);
  install(SIGTERM, remember);
}

InterruptGuard::~InterruptGuard() {
  install(SIGINT, SIG_DFL);
  install(SIGTERM, SIG_DFL);
}

bool InterruptGuard::pending() const { return interrupted(); }
int InterruptGuard::exit_status() const { return 128 + pending_signal; }

bool interrupted() { return pending_signal != 0; }

void stop_if_interrupted() {
  if (interrupted()) throw UserError("interrupted");
}

}  // namespace systolith::cli
