#include "hw/tenancy/dispatcher.h"

#include <algorithm>

#include "hw/base/error.h"

namespace systolith {

Dispatcher::Dispatcher(const sc_core::sc_module_name& name, Calendar& calendar, Hertz clock,
                       std::size_t cores, Cycles until, std::vector<TenantQueueSpec> tenants,
                       std::unique_ptr<SchedulingPolicy> policy, DispatcherHost& host)
    : sc_module(name),
      calendar_(calendar),
      clock_(clock),
      until_(until),
      queues_(tenants.size()),
      policy_(std::move(policy)),
      host_(host),
      holders_(cores) {
  for (std::size_t i = 0; i < tenants.size(); ++i) queues_[i].spec = std::move(tenants[i]);
  calendar.enroll(*this);
}

void Dispatcher::start_of_simulation() {
  for (Queue& queue : queues_) queue.upcoming = queue.spec.next_arrival(Cycles(0));
  calendar_.now(*this);
}

void Dispatcher::due() {
  const Cycles now = clock_.now();
  take_arrivals(now);
  schedule(now);
  arm(now);
}

void Dispatcher::take_arrivals(Cycles now) {
  for (Queue& queue : queues_)
    while (queue.upcoming && *queue.upcoming <= now) {
      queue.waiting.push_back({arrivals_++, *queue.upcoming});
      ++queue.arrived;
      queue.upcoming = queue.spec.closed ? std::nullopt : queue.spec.next_arrival(now);
    }
}

void Dispatcher::arm(Cycles now) {
  if (!ended_ && over(now)) {
    ended_ = true;
    host_.service_ended(now);
  }
  if (ended_) return;
  std::optional<Cycles> next;
  for (const Queue& queue : queues_)
    if (queue.upcoming) next = next ? std::min(*next, *queue.upcoming) : *queue.upcoming;
  if (now < until_) next = next ? std::min(*next, until_) : until_;
  if (next) calendar_.at(*this, clock_.edge(std::max(*next, now)));
}

// All that must be done is done, and the time that was asked for has passed.
bool Dispatcher::over(Cycles now) const {
  if (now < until_) return false;
  return std::all_of(queues_.begin(), queues_.end(), [](const Queue& queue) {
    return queue.spec.open_ended || (queue.waiting.empty() && !queue.upcoming);
  });
}

Claim Dispatcher::claim_of(TenantId tenant) const {
  const Queue& q = queue(tenant);
  return {tenant, q.waiting.front().arrival, q.waiting.front().order, q.spec.priority,
          q.spec.background};
}

std::vector<TenantId> Dispatcher::in_order_of_claim() const {
  std::vector<TenantId> tenants;
  for (std::size_t i = 0; i < queues_.size(); ++i)
    if (!queues_[i].waiting.empty() && !queues_[i].has_cores)
      tenants.push_back(static_cast<TenantId>(i));
  std::sort(tenants.begin(), tenants.end(),
            [this](TenantId a, TenantId b) { return policy_->before(claim_of(a), claim_of(b)); });
  return tenants;
}

void Dispatcher::schedule(Cycles now) {
  if (ended_) return;
  std::vector<bool> reserved(holders_.size(), false);
  for (const TenantId tenant : in_order_of_claim()) {
    const Queue& q = queue(tenant);
    bool free = true;
    for (const CoreId core : q.spec.cores) {
      const auto c = static_cast<std::size_t>(core);
      free = free && !reserved[c] && !holders_[c];
      reserved[c] = true;
      if (!holders_[c]) continue;
      Queue& holder = queue(holders_[c]->tenant);
      if (holder.job->phase() == Job::Phase::running &&
          policy_->preempts(claim_of(tenant), claim_of(holders_[c]->tenant)))
        holder.job->stop();
    }
    if (free) take_cores(tenant, now);
  }
  // One that was just told to stop may be at a border already.
  for (std::size_t i = 0; i < queues_.size(); ++i)
    if (queues_[i].has_cores && queues_[i].job->phase() == Job::Phase::stopping)
      settle(static_cast<TenantId>(i), now);
}

void Dispatcher::take_cores(TenantId tenant, Cycles now) {
  Queue& q = queue(tenant);
  q.has_cores = true;
  if (!q.job) {
    q.request = {tenant, q.request.number, q.waiting.front().arrival, now, {}, {}, 0};
    q.job = std::make_unique<Job>(tenant, *q.spec.streams, *q.spec.borders, q.spec.cores,
                                  q.spec.context ? &*q.spec.context : nullptr);
  } else {
    q.request.suspended += now - q.suspended_at;
  }
  for (std::size_t own = 0; own < q.spec.cores.size(); ++own) {
    const CoreId core = q.spec.cores[own];
    holders_[static_cast<std::size_t>(core)] = Holder{tenant, own};
    host_.hand_over(core);
  }
  q.job->go_on(host_.next_indices());
  for (const CoreId core : q.spec.cores) host_.resume(core);
}

Fetched Dispatcher::fetch(CoreId core, std::uint64_t index, Command& command) {
  const auto& holder = holders_[static_cast<std::size_t>(core)];
  if (!holder) return Fetched::nothing_yet;
  const Queue& q = queue(holder->tenant);
  const std::int64_t layer = q.job->furthest_layer();
  const Fetched fetched = q.job->fetch(holder->own, index, command);
  // Cores that stand at a border of an earlier layer have to go on.
  if (q.job->phase() == Job::Phase::stopping && q.job->furthest_layer() > layer)
    for (const CoreId other : q.spec.cores)
      if (other != core) host_.resume(other);
  return fetched;
}

void Dispatcher::retired(const Command& command, Cycles now) {
  queue(command.tenant).job->retired();
  settle(command.tenant, now);
}

void Dispatcher::settle(TenantId tenant, Cycles now) {
  Queue& q = queue(tenant);
  if (!q.job->settle(host_.next_indices())) return;
  switch (q.job->phase()) {
    case Job::Phase::running:
    case Job::Phase::saving:
    case Job::Phase::restoring:
    case Job::Phase::stopping:
      for (const CoreId core : q.spec.cores) host_.resume(core);
      break;
    case Job::Phase::suspended:
      ++q.request.preemptions;
      q.suspended_at = now;
      give_cores_up(tenant);
      break;
    case Job::Phase::finished:
      give_cores_up(tenant);
      finish(tenant, now);
      break;
  }
}

void Dispatcher::give_cores_up(TenantId tenant) {
  Queue& q = queue(tenant);
  q.has_cores = false;
  for (const CoreId core : q.spec.cores) holders_[static_cast<std::size_t>(core)].reset();
  calendar_.now(*this);
}

void Dispatcher::finish(TenantId tenant, Cycles now) {
  Queue& q = queue(tenant);
  q.job.reset();
  q.waiting.pop_front();
  q.request.finish = now;
  host_.request_finished(q.request);
  ++q.request.number;
  if (q.stopped) {
    q.waiting.clear();
    q.upcoming.reset();
  } else if (q.spec.closed) {
    q.upcoming = q.spec.next_arrival(now);
  }
}

void Dispatcher::stop(TenantId tenant) {
  Queue& q = queue(tenant);
  q.stopped = true;
  for (const CoreId core : q.spec.cores) host_.reconsider(core);
}

double Dispatcher::progress(TenantId tenant) const {
  const Queue& q = queue(tenant);
  return q.job ? q.job->progress() : 0;
}

}  // namespace systolith
