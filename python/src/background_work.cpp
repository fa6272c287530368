#include "python/src/background_work.h"

#include <chrono>
#include <condition_variable>
#include <exception>
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
  Abandoned abandoned{false};
};

// Only the main thread hears Ctrl-C, so that only it abandons.
std::vector<std::thread>& abandoned_threads() {
  static std::vector<std::thread> threads;
  return threads;
}

void finish(State& state, std::exception_ptr failure) {
  const std::lock_guard lock(state.mutex);
  state.failure = std::move(failure);
  state.done = true;
  state.finished.notify_all();
}

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

}  // namespace

void run_in_background(std::function<void(const Abandoned&)> work,
                       const std::function<void()>& meanwhile) {
  auto state = std::make_shared<State>();
  std::thread thread([state, work = std::move(work)]() mutable {
    std::exception_ptr failure;
    try {
      work(state->abandoned);
    } catch (...) {
      failure = std::current_exception();
    }
    work = nullptr;  // what it owns goes before the caller goes on
    finish(*state, std::move(failure));
  });
  try {
    wait(*state, meanwhile);
  } catch (...) {
    state->abandoned = true;
    abandoned_threads().push_back(std::move(thread));
    throw;
  }
  thread.join();
  if (state->failure) std::rethrow_exception(state->failure);
}

void join_abandoned() {
  for (std::thread& thread : abandoned_threads()) thread.join();
  abandoned_threads().clear();
}

}  // namespace systolith::python
