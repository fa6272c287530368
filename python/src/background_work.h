// Work without the GIL that Ctrl-C is answered during.
#pragma once

#include <atomic>
#include <functional>

namespace systolith::python {

// Runs `work` on a thread of its own and waits for it; its exception is this one's. On Ctrl-C
// raises KeyboardInterrupt at once and sets the flag: the work is to end soon, and what it owns
// must be its own, for nobody waits for it but join_abandoned(). Requires: the GIL is not held.
using Abandoned = std::atomic<bool>;
struct Stopped {};  // may be thrown by work that is abandoned
// `meanwhile` is called by the waiting thread, about every 30 ms; what it throws abandons the work.
void run_in_background(std::function<void(const Abandoned& abandoned)> work,
                       const std::function<void()>& meanwhile = {});

// At the interpreter's end.
void join_abandoned();

}  // namespace systolith::python
