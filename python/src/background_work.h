// Work on a thread of its own, so that Ctrl-C is answered while it goes on.
#pragma once

#include <functional>

namespace systolith::python {

// Returns when `work` has ended, or throws what it threw. Meanwhile the calling thread looks at
// signals and calls `meanwhile`, every 30 ms; where either throws, the work is abandoned: it goes
// on by itself and is waited for at the interpreter's end, so it must own what it uses.
// Requires: the GIL is not held.
void run_in_background(std::function<void()> work, const std::function<void()>& meanwhile = {});

void join_abandoned();

}  // namespace systolith::python
