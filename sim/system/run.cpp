#include "sim/system/run.h"

#include <algorithm>

#include "hw/base/error.h"
#include "hw/isa/transfer_reach.h"
#include "sim/system/accounts.h"
#include "sim/system/advance.h"

namespace systolith {
namespace {

TopSpec top_spec(const Machine& machine, CommandSource& program, const RunOptions& options) {
  const auto fetch = [&program](CoreId core, Command& command) {
    return program.next(core, command) ? Fetched::command : Fetched::end;
  };
  return {machine,
          whole_machine(machine),
          options.values,
          !options.vcd.empty(),
          program.header().layers.size(),
          fetch};
}

}  // namespace

Run::Run(const Machine& machine, CommandSource& program, const RunOptions& options)
    : machine_(machine),
      program_(program),
      options_(options),
      layers_(program.header().layers.size()),
      top_("top", top_spec(machine, program, options), *this) {
  if (!options.vcd.empty()) waveform_ = std::make_unique<Waveform>(options.vcd, top_);
}

void Run::write_inputs(const TensorBytes& inputs) {
  const auto count = [](const auto& bytes) { return static_cast<std::int64_t>(bytes.size()); };
  for (const ProgramData& data : program_.header().data)
    top_.write_memory(TenantId{}, data.address, data.bytes.data(), count(data.bytes));
  for (const ProgramTensor& tensor : program_.header().tensors) {
    if (tensor.role != TensorRole::input && tensor.role != TensorRole::state) continue;
    const auto found = inputs.find(tensor.name);
    if (found == inputs.end() && tensor.role == TensorRole::state) continue;  // among the data
    if (found == inputs.end())
      user_error("input tensor '{}' of {} bytes is missing", tensor.name, tensor.bytes);
    if (count(found->second) != tensor.bytes)
      user_error("input tensor '{}' has {} bytes, the program wants {}", tensor.name,
                 found->second.size(), tensor.bytes);
    top_.write_memory(TenantId{}, tensor.address, found->second.data(), tensor.bytes);
  }
}

void Run::execute() {
  std::function<void()> report;
  if (options_.progress) report = [this] { report_progress(); };
  advance(
      machine_.clock, [this] { return failure_ != nullptr; }, report);
  if (failure_) std::rethrow_exception(failure_);
  check_finished();
  for (const auto& core : top_.cores) core->array.end_of_run();
  if (options_.progress && !options_.progress(total_, 1.0)) throw UserError("interrupted");
  if (waveform_) waveform_->finish();
}

void Run::report_progress() {
  // A stream that does not know its length is measured by the layers' MACs.
  double done = static_cast<double>(retired_), all = static_cast<double>(program_.commands());
  if (all == 0) {
    done = 0;
    for (const auto& core : top_.cores) done += static_cast<double>(core->array.macs());
    for (const ProgramLayer& layer : program_.header().layers)
      all += static_cast<double>(layer.macs);
  }
  const Cycles now = EdgeClock(machine_.clock).at_or_before(kernel_time());
  if (!options_.progress(now, all == 0 ? 0.0 : std::min(done / all, 1.0)))
    throw UserError("interrupted");
}

void Run::retired(const Command& command, Cycles start, Cycles finish, const CommandWork& work) {
  layers_.retired(command, start, finish, work, spent_at(finish));
  note_memory(command);
  total_ = finish;
  ++retired_;
  if (options_.observer != nullptr) options_.observer->command_ran(command, start, finish);
}

void Run::note_memory(const Command& command) {
  const Transfer* transfer = std::get_if<Load>(&command.operation);
  if (transfer == nullptr) transfer = std::get_if<Store>(&command.operation);
  if (transfer == nullptr || AddressMap::level_of(transfer->system_address) >= 0) return;
  const auto address = static_cast<std::int64_t>(transfer->system_address);
  dram_end_ = std::max(dram_end_, address + system_reach(*transfer).last + 1);
}

void Run::failed(std::exception_ptr failure) {
  if (!failure_) failure_ = failure;
  sc_core::sc_pause();
}

CauseCycles Run::spent_at(Cycles now) {
  CauseCycles sum{};
  for (const auto& core : top_.cores) {
    const Activity& activity = core->causes().core_activity();
    for (std::size_t i = 0; i < kCauses; ++i)
      sum[i] += activity.spent(static_cast<Cause>(i)).count();
    sum[static_cast<std::size_t>(activity.state())] += (now - activity.total()).count();
  }
  return sum;
}

void Run::check_finished() {
  std::int64_t fetched = 0;
  bool ended = true;
  for (const auto& core : top_.cores) {
    fetched += static_cast<std::int64_t>(core->command_processor.fetched());
    ended = ended && core->command_processor.ended();
  }
  if (!ended || retired_ != fetched) report_deadlock();
  const std::int64_t planned = program_.header().memory.dram_bytes;
  if (planned != 0 && dram_end_ > planned)
    user_error("the program reached byte {} of DRAM, but states that it needs {}", dram_end_,
               planned);
}

void Run::report_deadlock() {
  user_error("deadlock at cycle {} after {} commands: the program cannot progress{}",
             total_.count(), retired_, waiting(top_));
}

void Run::note_traffic(std::vector<LayerReport>& layers) const {
  const std::vector<PortTraffic>& ports = top_.interconnect->port_traffic();
  const std::size_t channels = top_.dram.channels.size();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t port = 0; port < ports.size(); ++port) {
      const std::int64_t bytes = ports[port].by_layer[layer];
      if (port < channels)
        layers[layer].moved.dram += bytes;
      else
        layers[layer].moved.levels.push_back(bytes);
    }
}

void Run::read_outputs(TensorBytes& outputs) {
  for (const ProgramTensor& tensor : program_.header().tensors) {
    if (tensor.role != TensorRole::output && tensor.role != TensorRole::state) continue;
    std::vector<std::uint8_t>& bytes = outputs[tensor.name];
    bytes.resize(static_cast<std::size_t>(tensor.bytes));
    top_.read_memory(TenantId{}, tensor.address, bytes.data(), tensor.bytes);
  }
}

RunResult Run::result() {
  RunResult result;
  static_cast<MachineWork&>(result) = machine_work(top_, machine_.clock, total_);
  result.commands = retired_;
  result.layers = layers_.reports();
  note_traffic(result.layers);
  result.dram.bytes_reached = dram_end_;
  if (options_.values) read_outputs(result.outputs);
  return result;
}

}  // namespace systolith
