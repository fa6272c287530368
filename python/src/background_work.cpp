#include "python/src/background_work.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "python/src/bindings.h"

namespace systolith::python {
namespace {

struct State {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  std::exception_ptr failure;
};

void wait(State& state, const std::function<void()>& meanwhile) {
  constexpr std::chrono::milliseconds kPatience{30};
  std::unique_lock lock(state.mutex);
  while (!state.finished.wait_for(lock, kPatience, [&] { return state.done; })) {
    lock.unlock();
    check_signals();
    if (meanwhile) meanwhile();
    lock.lock();
  }
}

// Threads by themselves, and who guards the list: any of Python's threads may add to it.
struct Abandoned {
  std::mutex mutex;
  std::vector<std::thread> threads;
};

Abandoned& abandoned() {
  static Abandoned list;
  return list;
}

}  // namespace

void run_in_background(std::function<void()> work, const std::function<void()>& meanwhile) {
  auto state = std::make_shared<State>();
  std::thread thread([state, work = std::move(work)] {
    std::exception_ptr failure;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(state->mutex);
    state->failure = failure;
    state->done = true;
    state->finished.notify_all();
  });
  try {
    wait(*state, meanwhile);
  } catch (...) {
    const std::lock_guard lock(abandoned().mutex);
    abandoned().threads.push_back(std::move(thread));
    throw;
  }
  thread.join();
  if (state->failure) std::rethrow_exception(state->failure);
}

void join_abandoned() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(abandoned().mutex);
    threads.swap(abandoned().threads);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace systolith::python
