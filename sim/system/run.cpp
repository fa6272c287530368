#include "sim/system/run.h"

#include <algorithm>
#include <chrono>

#include "hw/arch/energy_keys.h"
#include "hw/base/error.h"

namespace systolith {
namespace {

TopSpec top_spec(const Machine& machine, CommandSource& program, const RunOptions& options) {
  return {machine, options.values, !options.vcd.empty(),
          [&program](CoreId core, Command& command) { return program.next(core, command); }};
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
    top_.write_memory(data.address, data.bytes.data(), count(data.bytes));
  for (const ProgramTensor& tensor : program_.header().tensors) {
    if (tensor.role != TensorRole::input && tensor.role != TensorRole::state) continue;
    const auto found = inputs.find(tensor.name);
    if (found == inputs.end() && tensor.role == TensorRole::state) continue;  // among the data
    if (found == inputs.end())
      user_error("input tensor '{}' of {} bytes is missing", tensor.name, tensor.bytes);
    if (count(found->second) != tensor.bytes)
      user_error("input tensor '{}' has {} bytes, the program wants {}", tensor.name,
                 found->second.size(), tensor.bytes);
    top_.write_memory(tensor.address, found->second.data(), tensor.bytes);
  }
}

void Run::execute() {
  advance();
  if (failure_) std::rethrow_exception(failure_);
  check_finished();
  if (options_.progress && !options_.progress(total_, 1.0)) throw UserError("interrupted");
  if (waveform_) waveform_->finish();
}

// In slices of simulated time that adapt to the host, so that progress is reported about every
// 25 ms; in one go where nobody listens.
void Run::advance() {
  if (!options_.progress) return sc_core::sc_start();
  using HostClock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kInterval{25};
  constexpr std::int64_t kFirstSliceCycles = 10'000;
  Femtoseconds slice = EdgeClock(machine_.clock).edge(Cycles(kFirstSliceCycles));
  auto reported = HostClock::now();
  sc_core::sc_start(sc_core::SC_ZERO_TIME);  // nothing is pending before the modules have started
  while (!failure_ && sc_core::sc_pending_activity()) {
    const auto before = HostClock::now();
    sc_core::sc_start(to_sc_time(slice), sc_core::SC_EXIT_ON_STARVATION);
    const auto after = HostClock::now();
    if (after - before < kInterval / 4) slice *= 2;
    if (after - before > kInterval) slice = std::max(slice / 2, Femtoseconds(1'000'000));
    if (after - reported < kInterval) continue;
    reported = after;
    report_progress();
  }
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
  auto end = static_cast<std::int64_t>(transfer->system_address) + transfer->run;
  for (const TransferLoop& loop : transfer->loops)
    end += std::max<std::int64_t>((loop.count - 1) * loop.system_stride, 0);
  dram_end_ = std::max(dram_end_, end);
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
  std::string text;
  for (const auto& core : top_.cores) {
    const auto line = [&](const std::string& who, const std::string& waits) {
      if (!waits.empty()) text += fmt::format("\n  {}: {}", who, waits);
    };
    line(core->command_processor.name(), core->command_processor.describe_wait());
    line(core->command_processor.sync.name(), core->command_processor.sync.describe_wait());
    for (const EngineModule* engine : core->engines())
      line(engine->name(), engine->describe_wait());
  }
  user_error("deadlock at cycle {} after {} commands: the program cannot progress{}",
             total_.count(), retired_, text);
}

std::vector<EngineReport> Run::engine_reports() {
  std::vector<EngineReport> reports;
  const auto add = [&](const std::string& core, std::string_view engine, Activity& activity) {
    activity.close(total_);
    SYSTOLITH_CHECK(activity.total() == total_, "{}.{}: causes sum to {} of {} cycles", core,
                    engine, activity.total().count(), total_.count());
    reports.push_back({fmt::format("{}.{}", core, engine), activity});
  };
  for (const auto& core : top_.cores) {
    add(core->basename(), "command_processor", core->command_processor.activity());
    for (EngineModule* engine : core->engines())
      add(core->basename(), to_string(engine->engine()), engine->activity());
  }
  return reports;
}

EventCounts Run::events() const {
  constexpr std::int64_t kUnit = 8;  // bytes of a memory or link event (hw/arch/energy_keys.h)
  EventCounts events;
  for (const EnergyKey& key : kEnergyKeys) events[std::string(key.name)] = 0;
  for (const auto& core : top_.cores) {
    const std::int64_t word = core->scratchpad.width().count();
    events["mac_int8"] += core->array.macs(Format::int8);
    events["mac_bf16"] += core->array.macs(Format::bf16);
    events["mac_fp32"] += core->array.macs(Format::fp32);
    events["mac_int8xint4"] += core->array.macs(Format::int4);
    events["vector_op"] += core->vector_unit.lane_operations();
    events["scratchpad_read"] += ceil_div(core->scratchpad.words_read() * word, kUnit);
    events["scratchpad_write"] += ceil_div(core->scratchpad.words_written() * word, kUnit);
    events["accumulator_access"] += core->accumulators.accesses();
  }
  for (const auto& level : top_.levels)
    events["level_access"] += ceil_div(level->bytes_accessed(), kUnit);
  events["interconnect"] = ceil_div(top_.interconnect->bytes_moved(), kUnit);
  const DramTraffic dram = top_.dram.traffic();
  events["dram"] = ceil_div(dram.bytes_read + dram.bytes_written, kUnit);
  return events;
}

void Run::read_outputs(TensorBytes& outputs) {
  for (const ProgramTensor& tensor : program_.header().tensors) {
    if (tensor.role != TensorRole::output && tensor.role != TensorRole::state) continue;
    std::vector<std::uint8_t>& bytes = outputs[tensor.name];
    bytes.resize(static_cast<std::size_t>(tensor.bytes));
    top_.read_memory(tensor.address, bytes.data(), tensor.bytes);
  }
}

RunResult Run::result() {
  RunResult result;
  result.total_cycles = total_;
  result.seconds =
      static_cast<double>(total_.count()) / static_cast<double>(machine_.clock.count());
  for (const auto& core : top_.cores) {
    result.macs += core->array.macs();
    result.mac_slots += core->array.mac_slots();
  }
  result.commands = retired_;
  result.layers = layers_.reports();
  result.engines = engine_reports();
  const DramTraffic dram = top_.dram.traffic();
  result.dram.bytes_read = dram.bytes_read;
  result.dram.bytes_written = dram.bytes_written;
  result.dram.requests = dram.requests;
  result.dram.bytes_reached = dram_end_;
  result.events = events();
  if (options_.values) read_outputs(result.outputs);
  return result;
}

}  // namespace systolith
