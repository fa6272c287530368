// Hands the cores to the tenants' requests. A tenant's requests queue up as they arrive and are
// carried out one at a time, each on all of the tenant's cores at once; whose turn it is on cores
// that several want, the policy says. Whoever waits keeps its cores from those behind it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <systemc>

#include "hw/control/edge_clock.h"
#include "hw/tenancy/job.h"
#include "hw/tenancy/scheduling_policy.h"

namespace systolith {

struct TenantQueueSpec {
  std::vector<CoreId> cores;
  std::int64_t priority = 0;
  bool background = false;
  // What each request runs, by the tenant's own cores. Outlives the dispatcher.
  const CommandStreams* streams = nullptr;
  const StreamBorders* borders = nullptr;
  std::optional<SavedContext> context;
  // The next request's arrival, not before `now`; nothing: there are no more. Core cycles.
  std::function<std::optional<Cycles>(Cycles now)> next_arrival;
  bool closed = false;      // the next request arrives when the last one has been carried out
  bool open_ended = false;  // the service does not wait for its end
};

struct Request {
  TenantId tenant{};
  std::int64_t number = 0;        // of the tenant's, from 0 on
  Cycles arrival, start, finish;  // start: it first has its cores
  Cycles suspended;               // of that without them
  std::int64_t preemptions = 0;
};

// The cores, and who keeps the books, as the dispatcher sees them.
class DispatcherHost {
 public:
  virtual ~DispatcherHost() = default;
  // Index of the next command of each of the machine's cores.
  virtual std::vector<std::uint64_t> next_indices() const = 0;
  // A core gets commands again; weights that an earlier job left there are nobody's.
  virtual void hand_over(CoreId core) = 0;
  virtual void resume(CoreId core) = 0;
  // A command that was refused is in the core's engines' queues: they look at their heads again.
  virtual void reconsider(CoreId core) = 0;
  virtual void request_finished(const Request& request) = 0;
  virtual void service_ended(Cycles now) = 0;
};

class Dispatcher final : public sc_core::sc_module, public Calendar::Entry {
 public:
  // Open-ended tenants go on until `until` at least.
  Dispatcher(const sc_core::sc_module_name& name, Calendar& calendar, Hertz clock,
             std::size_t cores, Cycles until, std::vector<TenantQueueSpec> tenants,
             std::unique_ptr<SchedulingPolicy> policy, DispatcherHost& host);

  // For the cores: their next command, and that one of theirs has retired.
  Fetched fetch(CoreId core, std::uint64_t index, Command& command);
  void retired(const Command& command, Cycles now);
  // No further request of the tenant is taken up; the present one's commands pass without effect.
  void stop(TenantId tenant);
  bool stopped(TenantId tenant) const { return queue(tenant).stopped; }

  bool ended() const { return ended_; }
  std::int64_t arrived(TenantId tenant) const { return queue(tenant).arrived; }
  // Of the request under way: the share of its commands that have been fetched; 0 where none is.
  double progress(TenantId tenant) const;

 private:
  struct Waiting {
    std::uint64_t order;  // over all tenants
    Cycles arrival;
  };
  struct Queue {
    TenantQueueSpec spec;
    std::optional<Cycles> upcoming;
    std::deque<Waiting> waiting;  // the first one is `request`'s where there is a job
    std::unique_ptr<Job> job;
    Request request;
    Cycles suspended_at;
    std::int64_t arrived = 0;
    bool stopped = false;
    bool has_cores = false;
  };

  void start_of_simulation() override;
  void due() override;
  void take_arrivals(Cycles now);
  void arm(Cycles now);
  void schedule(Cycles now);
  std::vector<TenantId> in_order_of_claim() const;
  Claim claim_of(TenantId tenant) const;
  void take_cores(TenantId tenant, Cycles now);
  void settle(TenantId tenant, Cycles now);
  void give_cores_up(TenantId tenant);
  void finish(TenantId tenant, Cycles now);
  bool over(Cycles now) const;
  Queue& queue(TenantId tenant) { return queues_[static_cast<std::size_t>(tenant)]; }
  const Queue& queue(TenantId tenant) const { return queues_[static_cast<std::size_t>(tenant)]; }

  Calendar& calendar_;
  EdgeClock clock_;
  Cycles until_;
  std::vector<Queue> queues_;
  std::unique_ptr<SchedulingPolicy> policy_;
  DispatcherHost& host_;
  struct Holder {
    TenantId tenant;
    std::size_t own;  // the tenant's number of this core
  };
  std::vector<std::optional<Holder>> holders_;  // by core
  std::uint64_t arrivals_ = 0;
  bool ended_ = false;
};

}  // namespace systolith
