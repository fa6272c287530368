// What stays in memory from one run to the next.
#include "compiler/kernels/interpret.h"
#include "compiler/passes/lowering.h"

namespace systolith {

void Lowering::define_states() {
  for (const StateBinding& state : graph_.states) {
    KernelTensor tensor = describe(state.state);
    tensor.is_state = true;
    tensor.data = to_codes(tensor, graph_.constants.at(state.state));
    const TensorId id = add_tensor(std::move(tensor));
    tensors_[state.state] = id;
    if (replaceable(state)) tensors_[state.next] = id;
  }
}

bool Lowering::replaceable(const StateBinding& state) const {
  const std::size_t producer = uses_.producer(state.next);
  if (producer == Uses::kNone ||
      training_.hwio.count(state.state) != training_.hwio.count(state.next))
    return false;
  for (const std::size_t reader : uses_.readers(state.state))
    if (reader > producer) return false;
  return uses_.readers(state.next).empty();
}

// Next values that could not take their state's place.
void Lowering::finish_states() {
  for (const StateBinding& state : graph_.states) {
    MapKernel copy;
    copy.output = tensors_.at(state.state);
    copy.a = use(state.next);
    if (copy.a == copy.output) continue;
    result_.kernels.push_back({state.state, "State", 0, copy, "update"});
  }
}

}  // namespace systolith
