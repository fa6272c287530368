#include "hw/vector/vector_unit.h"

#include <algorithm>

#include "hw/isa/vector_timing.h"
#include "hw/vector/vector_access.h"
#include "hw/vector/vector_math.h"

namespace systolith {

VectorUnit::VectorUnit(const sc_core::sc_module_name& name, CoreContext& context,
                       std::int64_t lanes, std::int64_t queue_depth)
    : EngineModule(name, Engine::vector, context, queue_depth), lanes_(lanes) {}

void VectorUnit::step(Cycles now) {
  if (running_ && now >= finish_) {
    running_ = false;
    CommandWork work;
    work.vector_busy = (busy_end_ - start_).count();
    work.scratchpad_bytes = bytes_;
    retire(command_, start_, now, work);
  }
  if (!running_ && ready_head() != nullptr) start(now);
  Standing standing;
  standing.progressing = running_;
  if (running_) {
    standing.own = now < busy_end_ ? Cause::busy : Cause::bank_conflict;
    wake_at(now < busy_end_ ? busy_end_ : finish_);
  }
  settle(standing, now);
}

void VectorUnit::check(const Command& command) {
  check_vector(
      command, std::get<VectorOp>(command.operation),
      {scratchpad->capacity(command.tenant).common, accumulators->rows(), accumulators->cols()});
}

void VectorUnit::start(Cycles now) {
  command_ = pop();
  const VectorOp& op = std::get<VectorOp>(command_.operation);
  const Cycles occupancy = vector_occupancy(op, lanes_);
  const LocalAddress at{command_.tenant, 0};  // its operands are never weights
  const VectorWords words = vector_words(op, scratchpad->width(at));
  bytes_ = (words.read + words.written) * scratchpad->width(at).count();
  start_ = now;
  busy_end_ = now + occupancy + kVectorLatency;
  // Reads lead writes by the pipeline's depth.
  const Cycles read_end = now + occupancy;
  const Cycles reads = scratchpad->reserve(Access::read, at, now, now, read_end, words.read);
  const Cycles writes = scratchpad->reserve(Access::write, at, now, now + kVectorLatency,
                                            read_end + kVectorLatency, words.written);
  finish_ = std::max(reads + kVectorLatency, writes);
  accumulators->count(words.accumulator);
  lane_operations_ +=
      std::int64_t{op.shape[0]} * op.shape[1] * op.shape[2] * op.shape[3] * vector_passes(op);
  if (context_.values)
    run_vector(op, {scratchpad->data(at), accumulators->row(0), accumulators->cols()});
  running_ = true;
}

}  // namespace systolith
