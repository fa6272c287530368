// One operator: shape rule, reference semantics and gradient; one file per op.
#pragma once

#include <memory>
#include <vector>

#include "hw/base/registry.h"
#include "models/graph/graph.h"

namespace systolith {

// What an op sees of one of its inputs. `constant` is set where the value is known at compile time.
struct OpInput {
  const Value* value = nullptr;  // null: optional input left out
  const Tensor* constant = nullptr;
};

class GradientContext;  // models/ops/gradient.h

class Op {
 public:
  static constexpr const char* kKind = "operator";
  using Factory = std::unique_ptr<Op> (*)();

  virtual ~Op() = default;
  // The outputs' types and shapes (names are ignored). Throws UserError naming node and shapes.
  virtual std::vector<Value> infer(const Node& node, const std::vector<OpInput>& inputs,
                                   int opset) const = 0;
  // Computes the outputs in fp32 (integers for index arithmetic). Inputs match infer()'s.
  virtual std::vector<Tensor> evaluate(const Node& node, const std::vector<const Tensor*>& inputs,
                                       int opset) const = 0;
  // Multiply-accumulates by the closed form; 0 for ops without.
  virtual std::int64_t macs(const Node&, const std::vector<Shape>& /*inputs*/,
                            const std::vector<Shape>& /*outputs*/) const {
    return 0;
  }
  // The gradient rule: appends the nodes that compute the gradients of the wanted inputs from the
  // one that arrives at the first output, and returns their names, one per input ("" = none; the
  // list may end early). UserError where there is no rule, which is the default, or the node has
  // none.
  virtual std::vector<std::string> gradient(GradientContext& context) const;
  // Whether evaluate() looks at its inputs' shapes only, so that the result is known before them.
  virtual bool needs_only_shapes() const { return false; }
  // Whether it computes float16 and bfloat16 as such; for the others models are made float32.
  virtual bool keeps_narrow_floats() const { return false; }
};
template <>
const RegistrationTable<Op>& registrations<Op>();

// The op of that ONNX name, created once; null where there is none.
const Op* find_op(const std::string& name);
// For nodes that infer_shapes() has seen: an op that is missing is a bug of ours.
const Op& op_of(const Node& node);

}  // namespace systolith
