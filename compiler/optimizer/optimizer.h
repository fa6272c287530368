// How parameters follow their gradients, as graph nodes; one kind per file.
#pragma once

#include <map>
#include <memory>

#include "compiler/optimizer/update_builder.h"
#include "hw/base/registry.h"

namespace systolith {

struct OptimizerSettings {
  float learning_rate = 0.01F;
  float weight_decay = 0;        // times the parameter, added to its gradient (L2)
  float momentum = 0.9F;         // momentum: share of the old velocity
  bool nesterov = false;         // momentum: look ahead
  float first_moment = 0.9F;     // adam: share of the old mean gradient
  float second_moment = 0.999F;  // adam: share of the old mean square
  float epsilon = 1e-8F;         // adam: added to the root of the mean square
};

class Optimizer {
 public:
  static constexpr const char* kKind = "optimizer";
  using Factory = std::unique_ptr<Optimizer> (*)(const OptimizerSettings&);

  virtual ~Optimizer() = default;
  // Appends the nodes that compute the parameter's next value, binds it, and adds whatever state
  // the optimiser keeps for it.
  virtual void update(UpdateBuilder& builder, const std::string& parameter,
                      const std::string& gradient) const = 0;
};
template <>
const RegistrationTable<Optimizer>& registrations<Optimizer>();

// Appends the updates of all parameters, in the order of their names, and binds them as states.
// `gradients`: parameter -> value. Returns the name of the constant that is the learning rate.
// Requires: sorted, infer_shapes() done; so is the result. UserError: unknown optimizer, setting
// out of range, a parameter that is no constant.
std::string append_updates(Graph& graph, const std::string& optimizer,
                           const OptimizerSettings& settings,
                           const std::map<std::string, std::string>& gradients);

}  // namespace systolith
