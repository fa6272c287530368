#include "models/ops/binary.h"
#include "models/ops/gradient.h"

namespace systolith {
namespace {

struct Mul {
  explicit Mul(const Node&) {}
  template <class T>
  T operator()(T a, T b) const {
    return a * b;
  }
};

class MulOp : public BinaryOp<Mul> {
 public:
  std::vector<std::string> gradient(GradientContext& context) const override {
    GraphAppender& append = context.append;
    GradientNames result(2);
    for (std::size_t i = 0; i < 2; ++i)
      if (context.wanted(i))
        result[i] = append.summed_to(append.node("Mul", {context.arriving(), context.input(1 - i)}),
                                     context.shape(i));
    return result;
  }
};

}  // namespace

extern const Registration<Op> mul = {
    "Mul", "Product of two tensors, with broadcasting.",
    []() -> std::unique_ptr<Op> { return std::make_unique<MulOp>(); }};

}  // namespace systolith
