#include "models/ops/binary.h"

namespace systolith {
namespace {

struct Div {
  explicit Div(const Node& of) : node(of) {}
  float operator()(float a, float b) const { return a / b; }
  std::uint64_t operator()(std::uint64_t a, std::uint64_t b) const {
    if (b == 0) op_error(node, "integer division by zero");
    if (b == ~std::uint64_t{0}) return -a;  // by -1, which overflows for the smallest dividend
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(a) / static_cast<std::int64_t>(b));
  }
  const Node& node;
};

}  // namespace

extern const Registration<Op> div = {
    "Div", "Quotient of two tensors, with broadcasting; integers truncate towards zero.",
    []() -> std::unique_ptr<Op> { return std::make_unique<BinaryOp<Div>>(); }};

}  // namespace systolith
