// What the ops' files share: checks whose messages name the node, and access to parameters that
// moved from attributes to inputs as opsets went by.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "models/ops/op.h"

namespace systolith {

// "node 'conv_1' (Conv): ..."
template <class... Args>
[[noreturn]] void op_error(const Node& node, fmt::format_string<Args...> format, Args&&... args) {
  user_error("node '{}' ({}): {}", node.name, node.op,
             fmt::format(format, std::forward<Args>(args)...));
}

// A result of infer(): the name is the graph's business.
inline Value typed(DataType type, Shape shape) { return {"", type, std::move(shape)}; }

// As a `max` of inputs.
inline constexpr std::size_t kUnbounded = ~std::size_t{0};
// UserError unless the node has min..max inputs, the first `min` of them present.
void expect_inputs(const Node& node, const std::vector<OpInput>& inputs, std::size_t min,
                   std::size_t max);
// UserError unless the input is of one of the types; left-out inputs pass.
void expect_type(const Node& node, const std::vector<OpInput>& inputs, std::size_t index,
                 std::initializer_list<DataType> allowed);
// The same for every input: float32.
void expect_floats(const Node& node, const std::vector<OpInput>& inputs);

// Null where the input is left out, or the list ends before it.
const Value* optional_value(const std::vector<OpInput>& inputs, std::size_t index);
const Tensor* optional_tensor(const std::vector<const Tensor*>& inputs, std::size_t index);

// The inputs' compile-time values, null where unknown or left out: what evaluate() would see.
std::vector<const Tensor*> constants_of(const std::vector<OpInput>& inputs);
// UserError if the input is present but its value isn't known at compile time.
void expect_constant(const Node& node, const std::vector<OpInput>& inputs, std::size_t index,
                     std::string_view role);

// An axis in 0..rank-1, counted from the end where negative. Requires: rank >= 0.
std::int64_t resolve_axis(const Node& node, std::int64_t axis, std::int64_t rank);
// The same for a list: sorted, UserError on a repetition.
std::vector<std::int64_t> resolve_axes(const Node& node, const std::vector<std::int64_t>& axes,
                                       std::int64_t rank);

// The integer attribute list, or nothing where absent.
std::optional<std::vector<std::int64_t>> optional_integers(const Node& node,
                                                           const std::string& name);

inline std::int64_t rank_of(const Shape& shape) { return static_cast<std::int64_t>(shape.size()); }
// Product of the extents first..last-1.
std::int64_t elements_between(const Shape& shape, std::int64_t first, std::int64_t last);

// Zero-filled.
Tensor make_tensor(DataType type, Shape shape);

// fn(in, out) on the vectors that hold the tensors' data: floats or integers. Same types required.
template <class In, class Out, class Function>
void visit_data(In& in, Out& out, Function fn) {
  if (is_floating(in.type))
    fn(in.floats, out.floats);
  else
    fn(in.integers, out.integers);
}

// The integer as `type` holds it: two's complement wrap-around, booleans 0 or 1.
std::int64_t wrap_to(DataType type, std::int64_t value);

}  // namespace systolith
