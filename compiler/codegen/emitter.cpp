#include "compiler/codegen/emitter.h"

#include <algorithm>

#include "hw/base/error.h"

namespace systolith {
namespace {

bool conflict(const Touch& a, const Touch& b) {
  return a.place == b.place && (a.write || b.write) && a.range.overlaps(b.range);
}

bool conflict(const Step& step, const std::vector<Step>& others) {
  for (const Step& other : others)
    for (const Touch& theirs : other.touches)
      for (const Touch& ours : step.touches)
        if (conflict(ours, theirs)) return true;
  return false;
}

class Emitter {
 public:
  explicit Emitter(std::size_t cores) : local_(cores), accumulator_(cores), streams_(cores) {}

  void emit(std::size_t core, const Step& step) {
    Command command;
    command.index = streams_[core].size();
    command.core = static_cast<CoreId>(core);
    command.layer = step.layer;
    command.operation = step.operation;
    const Toucher self{{command.core, command.index}, command.engine()};
    Waits after;
    for (const Touch& touch : step.touches) {
      HazardMap& map = map_of(core, touch.place);
      if (touch.write) {
        map.write(touch.range, self, after);
      } else {
        map.read(touch.range, self, after);
      }
    }
    for (const Toucher& other : after.sorted()) add_dependency(command, self, other);
    streams_[core].push_back(std::move(command));
  }

  // Every core announces that its part of a kernel is done; later readers wait for all of them.
  void join(const KernelItems& kernel) {
    std::vector<Toucher> syncs;
    for (std::size_t core = 0; core < streams_.size(); ++core) {
      Step sync{kernel.layer, Sync{}, {}};
      for (const AddressRange& range : kernel.shared_results)
        sync.touches.push_back({Place::system, range, false});
      syncs.push_back({{static_cast<CoreId>(core), streams_[core].size()}, Engine::control});
      emit_own(core, sync);
    }
    for (const AddressRange& range : kernel.shared_results) system_.replace(range, syncs);
  }

  void reserve(std::size_t core, std::size_t commands) { streams_[core].reserve(commands); }
  std::vector<std::vector<Command>> take() { return std::move(streams_); }

 private:
  HazardMap& map_of(std::size_t core, Place place) {
    if (place == Place::system) return system_;
    return place == Place::scratchpad ? local_[core] : accumulator_[core];
  }

  static void add_dependency(Command& command, const Toucher& self, const Toucher& other) {
    if (other.command == self.command) return;  // reads what it writes
    const bool same_engine = other.command.core == self.command.core && other.engine == self.engine;
    // The array's pipeline keeps the order of sums into one accumulator row by itself.
    if (same_engine && self.engine == Engine::array) return;
    command.after.push_back(other.command);
  }

  // A Sync that waits only for this core's own writers.
  void emit_own(std::size_t core, const Step& step) {
    emit(core, step);
    auto& after = streams_[core].back().after;
    const auto foreign = [&](CommandRef ref) { return ref.core != static_cast<CoreId>(core); };
    after.erase(std::remove_if(after.begin(), after.end(), foreign), after.end());
  }

  std::vector<HazardMap> local_, accumulator_;
  HazardMap system_;
  std::vector<std::vector<Command>> streams_;
};

// One core's walk through its items: holds one item back so that the next one's loads go first.
class Pipeline {
 public:
  Pipeline(Emitter& emitter, std::size_t core) : emitter_(emitter), core_(core) {}

  void advance(const Item& next) {
    std::vector<const Step*> late;
    for (const Step& load : next.loads) {
      if (pending_ && (conflict(load, pending_->work) || conflict(load, pending_->stores))) {
        late.push_back(&load);
      } else {
        emitter_.emit(core_, load);
      }
    }
    flush();
    for (const Step* load : late) emitter_.emit(core_, *load);
    pending_ = &next;
  }

  void flush() {
    if (!pending_) return;
    for (const Step& step : pending_->work) emitter_.emit(core_, step);
    for (const Step& step : pending_->stores) emitter_.emit(core_, step);
    pending_ = nullptr;
  }

 private:
  Emitter& emitter_;
  std::size_t core_;
  const Item* pending_ = nullptr;
};

std::size_t steps_of(const std::vector<KernelItems>& kernels, std::size_t core) {
  std::size_t count = 0;
  for (const KernelItems& kernel : kernels)
    for (const Item& item : kernel.cores[core])
      count += item.loads.size() + item.work.size() + item.stores.size();
  return count;
}

}  // namespace

std::vector<std::vector<Command>> emit(const std::vector<KernelItems>& kernels, std::size_t cores) {
  Emitter emitter(cores);
  for (std::size_t core = 0; core < cores; ++core)
    emitter.reserve(core, steps_of(kernels, core) + kernels.size());  // a Sync ends each kernel
  std::vector<Pipeline> pipelines;
  for (std::size_t core = 0; core < cores; ++core) pipelines.emplace_back(emitter, core);
  for (const KernelItems& kernel : kernels) {
    SYSTOLITH_CHECK(kernel.cores.size() == cores, "kernel split over {} of {} cores",
                    kernel.cores.size(), cores);
    for (std::size_t core = 0; core < cores; ++core)
      for (const Item& item : kernel.cores[core]) pipelines[core].advance(item);
    if (cores == 1) continue;
    for (Pipeline& pipeline : pipelines) pipeline.flush();
    emitter.join(kernel);
  }
  for (Pipeline& pipeline : pipelines) pipeline.flush();
  return emitter.take();
}

}  // namespace systolith
