#include "hw/tenancy/job.h"

#include <algorithm>

#include "hw/base/error.h"

namespace systolith {
namespace {

std::int64_t layer_of(const Command& command) { return static_cast<std::int64_t>(command.layer); }

}  // namespace

Job::Job(TenantId tenant, const CommandStreams& streams, const StreamBorders& borders,
         const std::vector<CoreId>& cores, const SavedContext* context)
    : tenant_(tenant),
      streams_(streams),
      borders_(borders),
      cores_(cores),
      context_(context),
      own_(streams.size()) {
  SYSTOLITH_CHECK(streams.size() == cores.size(), "{} streams on {} cores", streams.size(),
                  cores.size());
}

void Job::go_on(const std::vector<std::uint64_t>& first) {
  SYSTOLITH_CHECK(phase_ == Phase::suspended, "tenant {}: its job is on",
                  static_cast<int>(tenant_));
  if (saved_)
    begin_context(Phase::restoring);
  else
    begin_segment(first);
}

void Job::begin_context(Phase phase) {
  phase_ = phase;
  for (std::size_t own = 0; own < own_.size(); ++own)
    own_[own].context_moved = context_->bytes[own] == 0;
}

void Job::begin_segment(const std::vector<std::uint64_t>& first) {
  phase_ = Phase::running;
  saved_ = false;
  for (std::size_t own = 0; own < own_.size(); ++own) {
    own_[own].segment = own_[own].next;
    own_[own].first_index = first[static_cast<std::size_t>(cores_[own])];
  }
}

void Job::stop() {
  SYSTOLITH_CHECK(phase_ == Phase::running, "tenant {}: its job is not running",
                  static_cast<int>(tenant_));
  phase_ = Phase::stopping;
}

Fetched Job::fetch(std::size_t own, std::uint64_t index, Command& command) {
  OwnCore& core = own_[own];
  if (phase_ == Phase::saving || phase_ == Phase::restoring) {
    if (core.context_moved) return Fetched::nothing_yet;
    core.context_moved = true;
    move_context(own, command);
  } else {
    if (at_border(own)) return Fetched::nothing_yet;
    command = streams_[own][core.next++];
    furthest_layer_ = std::max(furthest_layer_, layer_of(command));
    renumber(command);
  }
  command.index = index;
  command.core = cores_[own];
  command.tenant = tenant_;
  ++outstanding_;
  return Fetched::command;
}

// All of its part of the scratchpad that its program writes, in one run.
void Job::move_context(std::size_t own, Command& command) {
  Transfer transfer;
  transfer.system_address = context_->address;
  for (std::size_t before = 0; before < own; ++before)
    transfer.system_address += static_cast<std::uint64_t>(context_->bytes[before]);
  transfer.run = context_->bytes[own];
  if (phase_ == Phase::saving)
    command.operation = Store{transfer};
  else
    command.operation = Load{transfer};
  command.layer = static_cast<LayerId>(furthest_layer_);
}

// Of what it waits for, all of earlier segments has retired.
void Job::renumber(Command& command) const {
  std::size_t kept = 0;
  for (const CommandRef ref : command.after) {
    const auto other = static_cast<std::size_t>(ref.core);
    SYSTOLITH_CHECK(other < own_.size(), "a command waits for core{} of {}", other, own_.size());
    if (ref.index < own_[other].segment) continue;
    command.after[kept++] = {cores_[other],
                             own_[other].first_index + (ref.index - own_[other].segment)};
  }
  command.after.resize(kept);
}

bool Job::at_border(std::size_t own) const {
  const auto& stream = streams_[own];
  const std::size_t next = own_[own].next;
  if (next == stream.size() || phase_ == Phase::suspended || phase_ == Phase::finished) return true;
  if (phase_ != Phase::stopping || !borders_[own][next]) return false;
  return own_.size() == 1 || layer_of(stream[next]) >= furthest_layer_;
}

double Job::progress() const {
  std::size_t fetched = 0, all = 0;
  for (std::size_t own = 0; own < own_.size(); ++own) {
    fetched += own_[own].next;
    all += streams_[own].size();
  }
  return static_cast<double>(fetched) / static_cast<double>(all);
}

bool Job::drained() const {
  if (outstanding_ != 0) return false;
  for (std::size_t own = 0; own < own_.size(); ++own) {
    const bool moves = phase_ == Phase::saving || phase_ == Phase::restoring;
    if (moves ? !own_[own].context_moved : !at_border(own)) return false;
  }
  return true;
}

bool Job::settle(const std::vector<std::uint64_t>& next) {
  if (phase_ == Phase::suspended || phase_ == Phase::finished || !drained()) return false;
  const auto ended = [this] {
    for (std::size_t own = 0; own < own_.size(); ++own)
      if (own_[own].next != streams_[own].size()) return false;
    return true;
  };
  if (phase_ == Phase::restoring) {
    begin_segment(next);
  } else if (phase_ == Phase::saving) {
    saved_ = true;
    phase_ = Phase::suspended;
  } else if (ended()) {
    phase_ = Phase::finished;
  } else if (context_ != nullptr) {
    begin_context(Phase::saving);
  } else {
    phase_ = Phase::suspended;
  }
  return true;
}

}  // namespace systolith
