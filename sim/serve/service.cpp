#include "sim/serve/service.h"

#include <algorithm>

#include "hw/arch/logical_cores.h"
#include "hw/base/error.h"
#include "hw/control/systemc_kernel.h"
#include "sim/system/accounts.h"
#include "sim/system/advance.h"

namespace systolith {
namespace {

class Service final : public RunMonitor, public DispatcherHost {
 public:
  Service(const Scenario& scenario, const PreparedScenario& prepared, ServicePlan plan,
          const ServiceOptions& options)
      : scenario_(scenario),
        prepared_(prepared),
        plan_(std::move(plan)),
        options_(options),
        clock_(scenario.machine.clock),
        outcomes_(prepared.tenants.size()),
        own_numbers_(own_numbers(prepared.partition)),
        taken_(prepared.tenants.size(), 0),
        top_("top", top_spec(), *this),
        dispatcher_("dispatcher", top_.calendar, scenario.machine.clock,
                    static_cast<std::size_t>(logical_core_count(scenario.machine)), until(),
                    queues(), registration<SchedulingPolicy>(scenario.policy).create(), *this) {}

  void write_inputs() {
    for (std::size_t i = 0; i < prepared_.tenants.size(); ++i) {
      const auto tenant = static_cast<TenantId>(i);
      const auto write = [&](std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
        top_.write_memory(tenant, address, bytes.data(), static_cast<std::int64_t>(bytes.size()));
      };
      const ProgramHeader& header = prepared_.tenants[i].program.header;
      for (const ProgramData& data : header.data) write(data.address, data.bytes);
      for (const ProgramTensor& tensor : header.tensors)
        if (const auto found = options_.inputs[i].find(tensor.name);
            found != options_.inputs[i].end())
          write(tensor.address, found->second);
    }
  }

  ServiceOutcome run() {
    std::function<void()> report;
    if (options_.progress) report = [this] { report_progress(); };
    advance(
        scenario_.machine.clock, [this] { return failure_ || dispatcher_.ended(); }, report);
    if (failure_) std::rethrow_exception(failure_);
    if (!dispatcher_.ended()) report_deadlock();
    return outcome();
  }

 private:
  // RunMonitor
  void retired(const Command& command, Cycles start, Cycles finish,
               const CommandWork& work) override {
    TenantOutcome& tenant = outcomes_[static_cast<std::size_t>(command.tenant)];
    tenant.macs += work.macs;
    tenant.dram_bytes += work.dram_bytes;
    last_ = finish;
    if (options_.observer != nullptr)
      options_.observer->command_ran(command, own_number(command), start, finish);
    dispatcher_.retired(command, finish);
  }
  void failed(std::exception_ptr failure) override {
    if (!failure_) failure_ = failure;
    sc_core::sc_pause();
  }
  void faulted(const Command& command, std::exception_ptr failure) override {
    TenantOutcome& tenant = outcomes_[static_cast<std::size_t>(command.tenant)];
    if (tenant.fault) return;
    try {
      std::rethrow_exception(failure);
    } catch (const UserError& error) {
      const auto request = static_cast<std::int64_t>(tenant.requests.size());
      tenant.fault = TenantFault{request, clock_.now(), command.core, error.what()};
    }
    dispatcher_.stop(command.tenant);
  }
  bool stopped(TenantId tenant) const override { return dispatcher_.stopped(tenant); }

  // DispatcherHost
  std::vector<std::uint64_t> next_indices() const override {
    std::vector<std::uint64_t> indices;
    for (const auto& core : top_.cores) indices.push_back(core->command_processor.fetched());
    return indices;
  }
  void hand_over(CoreId core) override { at(core).array.forget_weights(); }
  void resume(CoreId core) override { at(core).command_processor.resume(); }
  void reconsider(CoreId core) override {
    for (EngineModule* engine : at(core).engines()) engine->reconsider();
  }
  void request_finished(const Request& request) override {
    outcomes_[static_cast<std::size_t>(request.tenant)].requests.push_back(request);
    ++finished_;
    if (options_.observer != nullptr) options_.observer->request_finished(request);
  }
  void service_ended(Cycles now) override {
    last_ = now;
    sc_core::sc_pause();
  }

  TopSpec top_spec() {
    const auto fetch = [this](CoreId core, Command& command) {
      return dispatcher_.fetch(core, at(core).command_processor.fetched(), command);
    };
    return {scenario_.machine, prepared_.partition, options_.values, false, 0, fetch};
  }

  Cycles until() const {
    const bool waits = plan_.duration.has_value();
    return waits ? clock_.at_or_after(*plan_.duration) : Cycles(0);
  }

  std::vector<TenantQueueSpec> queues() {
    std::vector<TenantQueueSpec> specs;
    for (std::size_t i = 0; i < prepared_.tenants.size(); ++i) {
      const TenantSpec& tenant = *prepared_.tenants[i].spec;
      TenantQueueSpec spec;
      for (const std::int64_t core : prepared_.partition.parts[i].cores)
        spec.cores.push_back(static_cast<CoreId>(core));
      spec.priority = tenant.priority;
      spec.background = tenant.background;
      spec.streams = &prepared_.tenants[i].program.streams;
      spec.borders = &prepared_.tenants[i].borders;
      spec.context = prepared_.tenants[i].context;
      spec.next_arrival = [this, i](Cycles now) { return next_arrival(i, now); };
      spec.closed = plan_.arrivals[i] && plan_.arrivals[i]->closed();
      spec.open_ended = plan_.arrivals[i] && tenant.open_ended() && !plan_.requests[i];
      specs.push_back(std::move(spec));
    }
    return specs;
  }

  std::optional<Cycles> next_arrival(std::size_t tenant, Cycles now) {
    if (!plan_.arrivals[tenant] || taken_[tenant] == plan_.requests[tenant]) return std::nullopt;
    const auto arrival = plan_.arrivals[tenant]->next(clock_.edge(now));
    if (!arrival || (plan_.duration && *arrival >= *plan_.duration)) return std::nullopt;
    ++taken_[tenant];
    return clock_.at_or_after(*arrival);
  }

  // By the machine's cores: the tenant's own number of each.
  static std::vector<std::vector<std::size_t>> own_numbers(const Partition& partition) {
    std::vector<std::vector<std::size_t>> numbers;
    for (const TenantPart& part : partition.parts) {
      numbers.emplace_back();
      for (std::size_t own = 0; own < part.cores.size(); ++own) {
        const auto core = static_cast<std::size_t>(part.cores[own]);
        if (numbers.back().size() <= core) numbers.back().resize(core + 1);
        numbers.back()[core] = own;
      }
    }
    return numbers;
  }
  std::size_t own_number(const Command& command) const {
    return own_numbers_[static_cast<std::size_t>(command.tenant)]
                       [static_cast<std::size_t>(command.core)];
  }

  Core& at(CoreId core) { return *top_.cores[static_cast<std::size_t>(core)]; }

  void report_progress() {
    double expected = 0;
    for (std::size_t i = 0; i < plan_.requests.size(); ++i)
      expected += static_cast<double>(plan_.requests[i].value_or(0));
    const Cycles now = clock_.at_or_before(kernel_time());
    double done = expected > 0 ? static_cast<double>(finished_) / expected : 0;
    if (plan_.duration)
      done = static_cast<double>(clock_.edge(now).count()) /
             static_cast<double>(plan_.duration->count());
    if (!options_.progress(now, std::min(done, 1.0))) throw UserError("interrupted");
  }

  [[noreturn]] void report_deadlock() {
    user_error("deadlock at cycle {}: the service cannot progress{}", last_.count(), waiting(top_));
  }

  ServiceOutcome outcome() {
    ServiceOutcome result;
    static_cast<MachineWork&>(result) = machine_work(top_, scenario_.machine.clock, last_);
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      const auto tenant = static_cast<TenantId>(i);
      outcomes_[i].arrived = dispatcher_.arrived(tenant);
      outcomes_[i].unfinished = dispatcher_.progress(tenant);
      if (options_.values) read_outputs(i);
    }
    result.tenants = std::move(outcomes_);
    return result;
  }

  void read_outputs(std::size_t tenant) {
    for (const ProgramTensor& tensor : prepared_.tenants[tenant].program.header.tensors) {
      if (tensor.role != TensorRole::output && tensor.role != TensorRole::state) continue;
      std::vector<std::uint8_t>& bytes = outcomes_[tenant].outputs[tensor.name];
      bytes.resize(static_cast<std::size_t>(tensor.bytes));
      top_.read_memory(static_cast<TenantId>(tenant), tensor.address, bytes.data(), tensor.bytes);
    }
  }

  const Scenario& scenario_;
  const PreparedScenario& prepared_;
  ServicePlan plan_;
  const ServiceOptions& options_;
  EdgeClock clock_;
  std::vector<TenantOutcome> outcomes_;
  std::vector<std::vector<std::size_t>> own_numbers_;
  std::vector<std::int64_t> taken_;  // requests, by tenant
  std::int64_t finished_ = 0;
  Cycles last_;
  std::exception_ptr failure_;
  Top top_;
  Dispatcher dispatcher_;
};

}  // namespace

ServiceOutcome run_service(const Scenario& scenario, const PreparedScenario& prepared,
                           ServicePlan plan, const ServiceOptions& options) {
  const SystemcKernel kernel;
  try {
    Service service(scenario, prepared, std::move(plan), options);
    if (options.values) service.write_inputs();
    return service.run();
  } catch (const sc_core::sc_report& report) {
    throw InternalError(fmt::format("SystemC: {} ({})", report.get_msg(), report.get_msg_type()));
  }
}

}  // namespace systolith
